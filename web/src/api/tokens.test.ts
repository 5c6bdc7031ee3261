import { afterEach, expect, test, vi } from 'vitest'
import { Tokens } from './tokens'

const TOKEN = `e30.${btoa('{"sub":"one"}')}.c2ln`
const OTHER = `e30.${btoa('{"sub":"two"}')}.c2ln`

interface FakePage extends Window {
  parent: Window
}

/** A tab; in a frame where `parent` is given. */
function pageAt(parent?: Partial<Window>): FakePage {
  const stored = new Map<string, string>()
  const listeners = new EventTarget()
  const page = {
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

test('a token is kept for the tab, and who leaves has none', async () => {
  const page = pageAt()
  const tokens = new Tokens(page)
  await expect(tokens.current()).resolves.toBeNull()
  tokens.keep(TOKEN)
  await expect(new Tokens(page).current()).resolves.toBe(TOKEN)
  tokens.forget()
  await expect(tokens.current()).resolves.toBeNull()
})

test('the link that gave a token is known as long as it is that token', () => {
  const tokens = new Tokens(pageAt())
  tokens.keep(TOKEN, 'a code')
  expect(tokens.keptBy('a code')).toBe(TOKEN)
  expect(tokens.keptBy('another')).toBeNull()
  tokens.keep(OTHER)
  expect(tokens.keptBy('a code')).toBeNull()
})

test('in a frame the page around it is asked, and no other window is believed', async () => {
  const parent = { postMessage: vi.fn() }
  const page = pageAt(parent)
  const asked = new Tokens(page).current()
  const message = { type: 'playhead:token' }
  page.dispatchEvent(new MessageEvent('message', { data: { ...message, token: OTHER }, source: null }))
  page.dispatchEvent(messageFrom(page.parent, { ...message, token: TOKEN }))
  await expect(asked).resolves.toBe(TOKEN)
  expect(parent.postMessage).toHaveBeenCalledWith({ type: 'playhead:token-needed' }, '*')
})

test('a token that was refused is not given again, and the host is asked for another', async () => {
  const page = pageAt({ postMessage: vi.fn() })
  const tokens = new Tokens(page)
  tokens.keep(TOKEN)
  expect(tokens.refuse(await tokens.current())).toBe(true)
  const asked = tokens.current()
  page.dispatchEvent(messageFrom(page.parent, { type: 'playhead:token', token: OTHER }))
  await expect(asked).resolves.toBe(OTHER)
})

test('without an answer of the host, the page is signed out', async () => {
  vi.useFakeTimers()
  const asked = new Tokens(pageAt({ postMessage: vi.fn() })).current()
  await vi.runAllTimersAsync()
  await expect(asked).resolves.toBeNull()
})

/** happy-dom's constructor drops a source that is no window of its own. */
function messageFrom(source: Window, data: unknown): MessageEvent {
  const event = new MessageEvent('message', { data })
  Object.defineProperty(event, 'source', { value: source })
  return event
}
