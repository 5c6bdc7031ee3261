import { afterEach, expect, test, vi } from 'vitest'
import { Tokens } from './tokens'

const TOKEN = `e30.${btoa('{"sub":"one"}')}.c2ln`
const OTHER = `e30.${btoa('{"sub":"two"}')}.c2ln`

interface FakePage extends Window {
  parent: Window
}

/** A tab at `hash`; in a frame where `parent` is given. */
function pageAt(hash: string, parent?: Partial<Window>): FakePage {
  const stored = new Map<string, string>()
  const listeners = new EventTarget()
  const location = { hash, pathname: '/dashboard', search: '?a=1', reload: vi.fn() }
  const page = {
    location,
    history: {
      state: null,
      replaceState: vi.fn(
        (_state: unknown, _title: string, url: string) => (location.hash = url.includes('#') ? url : ''),
      ),
    },
    sessionStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    },
    addEventListener: listeners.addEventListener.bind(listeners),
    removeEventListener: listeners.removeEventListener.bind(listeners),
    dispatchEvent: listeners.dispatchEvent.bind(listeners),
    setTimeout: setTimeout.bind(globalThis),
    clearTimeout: clearTimeout.bind(globalThis),
  } as unknown as FakePage
  page.parent = (parent as Window | undefined) ?? page
  return page
}

afterEach(() => {
  vi.useRealTimers()
})

test('the token of a sign-in link is kept, and gone from the address', async () => {
  const page = pageAt(`#token=${TOKEN}`)
  await expect(new Tokens(page).current()).resolves.toBe(TOKEN)
  expect(page.location.hash).toBe('')
  await expect(new Tokens(page).current()).resolves.toBe(TOKEN)
})

test('a fragment that is no token signs nobody in', async () => {
  await expect(new Tokens(pageAt('#token=nonsense')).current()).resolves.toBeNull()
  await expect(new Tokens(pageAt('#part-two')).current()).resolves.toBeNull()
})

test('who leaves has no token', async () => {
  const tokens = new Tokens(pageAt(`#token=${TOKEN}`))
  tokens.forget()
  await expect(tokens.current()).resolves.toBeNull()
})

test('in a frame the page around it is asked, and no other window is believed', async () => {
  const parent = { postMessage: vi.fn() }
  const page = pageAt('', parent)
  const asked = new Tokens(page).current()
  const message = { type: 'playhead:token' }
  page.dispatchEvent(new MessageEvent('message', { data: { ...message, token: OTHER }, source: null }))
  page.dispatchEvent(messageFrom(page.parent, { ...message, token: TOKEN }))
  await expect(asked).resolves.toBe(TOKEN)
  expect(parent.postMessage).toHaveBeenCalledWith({ type: 'playhead:token-needed' }, '*')
})

test('a token that was refused is not given again, and the host is asked for another', async () => {
  const page = pageAt(`#token=${TOKEN}`, { postMessage: vi.fn() })
  const tokens = new Tokens(page)
  expect(tokens.refuse(await tokens.current())).toBe(true)
  const asked = tokens.current()
  page.dispatchEvent(messageFrom(page.parent, { type: 'playhead:token', token: OTHER }))
  await expect(asked).resolves.toBe(OTHER)
})

test('a host that never answers leaves nobody signed in', async () => {
  vi.useFakeTimers()
  const asked = new Tokens(pageAt('', { postMessage: vi.fn() })).current()
  await vi.runAllTimersAsync()
  await expect(asked).resolves.toBeNull()
})

/** happy-dom's constructor drops a source that is no window of its own. */
function messageFrom(source: Window, data: unknown): MessageEvent {
  const event = new MessageEvent('message', { data })
  Object.defineProperty(event, 'source', { value: source })
  return event
}
