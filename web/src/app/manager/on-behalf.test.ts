import { afterEach, expect, it, vi } from 'vitest'
import { Api } from '../../api/client'
import { allInside, cleanPage, inside, mounted } from '../../components/testing'
import type { Services } from '../services'
import './on-behalf'

afterEach(() => {
  cleanPage()
  vi.unstubAllGlobals()
})

const ADA = '11111111-1111-4111-8111-111111111111'
const FILM = '22222222-2222-4222-8222-222222222222'

/** The requests that were sent, by method and address. */
async function shown(properties: { completed?: boolean; marked?: boolean }, status = 202) {
  const sent: string[] = []
  vi.stubGlobal('fetch', (request: Request) => {
    sent.push(`${request.method} ${request.url}`)
    const body =
      status === 202 ? {} : { type: 'x', title: 'Not yours', status, detail: 'you do not manage them' }
    const type = status === 202 ? 'application/json' : 'application/problem+json'
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'content-type': type } }))
  })
  const tokens = { current: () => Promise.resolve('token'), refuse: () => false }
  const api = new Api(tokens, () => undefined, 'https://playhead.test')
  const notify = vi.fn(() => () => undefined)
  const element = await mounted('on-behalf', {
    services: { api, notify } as unknown as Services,
    userId: ADA,
    contentId: FILM,
    name: 'Ada',
    itemTitle: 'Fire safety',
    ...properties,
  })
  const confirm = async (id: string) => {
    const button = inside(element, `#${id}`)
    inside(button, '.open').click()
    await vi.waitFor(() => {
      inside(button, '.confirm').click()
    })
    return button
  }
  return { element, sent, notify, confirm }
}

it.each([
  ['mark', {}, 'POST', 'completion'],
  ['unmark', { completed: true, marked: true }, 'DELETE', 'completion'],
  ['attempt', { completed: true }, 'POST', 'attempts'],
])('%s is sent for the person, once it is confirmed', async (id, properties, method, path) => {
  const { sent, notify, confirm } = await shown(properties)
  expect(sent).toEqual([])
  await confirm(id)
  await vi.waitFor(() => {
    expect(sent).toEqual([`${method} https://playhead.test/api/progress/${FILM}/${path}?userId=${ADA}`])
  })
  await vi.waitFor(() => {
    expect(notify).toHaveBeenCalledOnce()
  })
})

it('offers what applies: a mark is taken back only where one stands', async () => {
  const ids = async (properties: object) => {
    const { element } = await shown(properties)
    return allInside(element, 'ui-confirm').map(({ id }) => id)
  }
  expect(await ids({})).toEqual(['mark'])
  expect(await ids({ completed: true })).toEqual(['attempt'])
  expect(await ids({ completed: true, marked: true })).toEqual(['unmark', 'attempt'])
})

it('shows why it was refused', async () => {
  const { confirm, notify } = await shown({}, 403)
  const button = await confirm('mark')
  await vi.waitFor(() => {
    expect(inside(button, '[role=alert]').textContent).toContain('you do not manage them')
  })
  expect(notify).not.toHaveBeenCalled()
})
