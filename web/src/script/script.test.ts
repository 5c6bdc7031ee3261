/** What a tag's attributes mean, and how its token is had. */

import { describe, expect, it, vi } from 'vitest'

import { fetchToken } from './fetch-token'
import { optionsOf } from './options'

const ITEM = '7b0b2a4e-6c1e-4a37-9f0b-0d6d2c0f5a11'

function tag(attributes: Record<string, string>): HTMLScriptElement {
  const made = document.createElement('script')
  Object.defineProperty(made, 'src', { value: 'https://playhead.example.org/playhead.js' })
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(`data-${name}`, value)
  return made
}

describe('the attributes of a tag', () => {
  it('need an item and an address for tokens', () => {
    const given = optionsOf(tag({ 'content-id': ITEM, 'token-url': '/playhead-token' }))
    expect(given).toEqual({
      contentId: ITEM,
      endpoint: 'https://playhead.example.org',
      tokenUrl: new URL('/playhead-token', location.href).href,
      media: 'video, audio',
      resume: true,
      saveEverySeconds: null,
    })
    const more = { endpoint: 'https://other.example.org', media: '#film', resume: 'off', 'save-every': '5' }
    expect(optionsOf(tag({ 'content-id': ITEM, 'token-url': '/t', ...more }))).toMatchObject({
      endpoint: 'https://other.example.org',
      media: '#film',
      resume: false,
      saveEverySeconds: 5,
    })
  })

  it.each([
    ['data-content-id', { 'content-id': 'film' }],
    ['data-token-url', { 'token-url': '' }],
    ['data-token-url', { 'token-url': 'https://elsewhere.example.org/token' }],
    ['data-token ', { token: 'ey.ey.ey' }],
    ['data-media', { media: '!!' }],
    ['data-resume', { resume: 'yes' }],
    ['data-save-every', { 'save-every': 'often' }],
  ])('are refused by name where they make no sense: %s', (name, attribute) => {
    const given = optionsOf(tag({ 'content-id': ITEM, 'token-url': '/t', ...attribute }))
    expect(given).toEqual({ wrong: [expect.stringContaining(name)] })
  })
})

describe('the token', () => {
  it('comes from the site itself, by its cookie and past every cache', async () => {
    const fetched = vi.fn(() => Promise.resolve(Response.json({ token: 'ey' })))
    vi.stubGlobal('fetch', fetched)
    await expect(fetchToken('/t')).resolves.toBe('ey')
    expect(fetched).toHaveBeenCalledWith(
      '/t',
      expect.objectContaining({ credentials: 'same-origin', cache: 'no-store' }),
    )
  })

  it.each([
    [new Response('', { status: 403 }), 'answered with status 403'],
    [new Response('<html>'), 'is to answer with JSON'],
    [Response.json({ jwt: 'ey' }), 'is to answer with JSON'],
  ])('is missed by what came instead', async (answer, message) => {
    vi.stubGlobal('fetch', () => Promise.resolve(answer))
    await expect(fetchToken('/t')).rejects.toThrow(message)
  })
})
