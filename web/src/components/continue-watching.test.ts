import { afterEach, describe, expect, it } from 'vitest'
import type { ContinueWatchingItem, PlayheadContinueWatching } from './continue-watching'
import './continue-watching'
import { allInside, cleanPage, heard, inside, mounted, seen } from './testing'

afterEach(cleanPage)

const item = (
  contentId: string,
  title: string,
  more: Partial<ContinueWatchingItem> = {},
): ContinueWatchingItem => ({
  contentId,
  title,
  positionSeconds: 754,
  durationSeconds: 1200,
  percentage: 62,
  href: `/watch/${contentId}`,
  ...more,
})
const items = [item('a', 'Working at height'), item('b', 'Fire drill'), item('c', 'Data protection')]
const row = (properties: Partial<PlayheadContinueWatching> = {}) =>
  mounted('playhead-continue-watching', { items, ...properties })
const places = (element: HTMLElement) => allInside(element, 'li')
const settled = async (element: PlayheadContinueWatching) => {
  await element.updateComplete
  await element.updateComplete
}
const button = (element: HTMLElement, label: string) => inside(element, `button[aria-label="${label}"]`)

describe('the row', () => {
  it('is a list of links, each with what is left', async () => {
    const element = await row()
    expect(places(element).map(seen)).toEqual([
      'Working at height 8 mins left',
      'Fire drill 8 mins left',
      'Data protection 8 mins left',
    ])
    expect(inside(element, 'a').getAttribute('href')).toBe('/watch/a')
    expect(inside(element, '[part=bar] span').style.getPropertyValue('inline-size')).toBe('62%')
    expect(seen(inside(element, 'h2'))).toBe('Continue watching')
  })

  it('says how far it is when the duration is unknown, and opens by a button without an address', async () => {
    const opened = heard('playhead-open')
    const element = await row({ items: [item('d', 'Live', { durationSeconds: null, href: null })] })
    expect(seen(inside(element, '[part=remaining]'))).toBe('62 %')
    inside(element, 'button.card').click()
    expect(opened).toEqual([{ contentId: 'd' }])
  })

  it('leaves the link to the page when it prevents the default, and new tabs to the browser', async () => {
    const element = await row()
    const followed: boolean[] = []
    document.addEventListener(
      'click',
      (event) => {
        followed.push(!event.defaultPrevented)
        event.preventDefault()
      },
      { signal: AbortSignal.timeout(5000) },
    )
    element.addEventListener('playhead-open', (event) => {
      event.preventDefault()
    })
    const opened = heard('playhead-open')
    const link = inside(element, 'a')
    const click = (more: MouseEventInit) =>
      link.dispatchEvent(
        new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ...more }),
      )
    click({})
    click({ ctrlKey: true })
    expect(followed).toEqual([false, true])
    expect(opened).toEqual([{ contentId: 'a' }])
  })

  it('shows skeletons while loading, words when empty, and items over either', async () => {
    const element = await row({ items: [], loading: true })
    expect(inside(element, 'section').getAttribute('aria-busy')).toBe('true')
    expect(allInside(element, '.bone').length).toBeGreaterThan(0)
    element.loading = false
    await settled(element)
    expect(seen(inside(element, '[part=empty]'))).toContain('Nothing to continue')
    element.items = items
    element.loading = true
    await settled(element)
    expect(places(element)).toHaveLength(3)
    expect(allInside(element, '.bone')).toEqual([])
  })

  it.each([
    ['de', 'Weiterschauen', 'Noch 8 Min.'],
    ['es', 'Seguir viendo', 'Quedan 8 min'],
    ['ar', 'متابعة المشاهدة', 'بقي 8 د'],
  ])('speaks %s', async (lang, heading, left) => {
    document.documentElement.lang = lang
    const element = await row()
    expect(seen(inside(element, 'h2'))).toBe(heading)
    expect(seen(inside(element, '[part=remaining]'))).toBe(left)
  })
})

describe('dismissing', () => {
  const dismissed = async () => {
    const element = await row()
    button(element, 'Remove “Fire drill” from Continue watching').click()
    await settled(element)
    return element
  }

  it('leaves an Undo in the place of the card, with the focus', async () => {
    const told = heard('playhead-dismiss')
    const element = await dismissed()
    expect(told).toEqual([{ contentId: 'b' }])
    expect(places(element).map(seen)[1]).toBe('Removed Fire drill Undo')
    expect(element.shadowRoot?.activeElement).toBe(button(element, 'Undo: keep “Fire drill”'))
  })

  it('keeps the Undo there when the list is reloaded without the item', async () => {
    const element = await dismissed()
    element.items = items.filter(({ contentId }) => contentId !== 'b')
    await settled(element)
    expect(places(element).map((place) => place.dataset['contentId'])).toEqual(['a', 'b', 'c'])
    element.items = []
    await settled(element)
    expect(places(element).map(seen)).toEqual(['Removed Fire drill Undo'])
  })

  it('brings the card back by Undo, with the focus on it', async () => {
    const told = heard('playhead-undo')
    const element = await dismissed()
    button(element, 'Undo: keep “Fire drill”').click()
    await settled(element)
    expect(told).toEqual([{ contentId: 'b' }])
    expect(seen(places(element)[1] ?? element)).toBe('Fire drill 8 mins left')
    expect(element.shadowRoot?.activeElement?.getAttribute('href')).toBe('/watch/b')
  })

  it('is taken back by the host without an event, when its request was refused', async () => {
    const told = heard('playhead-undo')
    const element = await dismissed()
    element.restore('b')
    await settled(element)
    expect(places(element).map(seen)[1]).toBe('Fire drill 8 mins left')
    expect(told).toEqual([])
  })

  it('gives way when the item was played again, here or elsewhere', async () => {
    const element = await dismissed()
    element.items = [...items]
    await settled(element)
    expect(places(element).map(seen)[1]).toBe('Removed Fire drill Undo')
    element.items = [item('b', 'Fire drill', { positionSeconds: 900 }), ...items.slice(2)]
    await settled(element)
    expect(places(element).map(seen)[0]).toBe('Fire drill 5 mins left')
  })

  it('keeps several in their places', async () => {
    const element = await dismissed()
    button(element, 'Remove “Working at height” from Continue watching').click()
    await settled(element)
    element.items = items.slice(2)
    await settled(element)
    expect(places(element).map((place) => place.dataset['contentId'])).toEqual(['a', 'b', 'c'])
  })
})
