import { expect, test, vi } from 'vitest'
import { explainMissing, type Reloading } from './release'

const pageOf = (script: string): string => `<!doctype html><script type="module" src="${script}"></script>`

/** A tab with the release `own`, and what the service answers for the page now. */
function tab(own: string, served: () => Promise<Response>): Reloading & { reload: () => void } {
  const stored = new Map<string, string>()
  const reload = vi.fn()
  return {
    document: new DOMParser().parseFromString(pageOf(own), 'text/html'),
    sessionStorage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => stored.set(key, value),
    },
    location: { origin: 'https://playhead.example.org', reload },
    fetch: served,
    reload,
  }
}

const serves = (script: string) => () => Promise.resolve(new Response(pageOf(script)))
const saved = { flush: () => Promise.resolve(), queue: { waiting: 0 } }

test('a newer release reloads the page once, and not again for the same one', async () => {
  const page = tab('/assets/index-1.js', serves('/assets/index-2.js'))
  await expect(explainMissing(page, saved)).resolves.toBe('released')
  await expect(explainMissing(page, saved)).resolves.toBe('released')
  expect(page.reload).toHaveBeenCalledTimes(1)
})

test('nothing is reloaded while something played is not saved', async () => {
  const page = tab('/assets/index-1.js', serves('/assets/index-2.js'))
  const waiting = { flush: () => Promise.reject(new Error('no network')), queue: { waiting: 3 } }
  await expect(explainMissing(page, waiting)).resolves.toBe('released')
  expect(page.reload).not.toHaveBeenCalled()
})

test('the same release is broken, no answer is offline, and neither is reloaded', async () => {
  const same = tab('/assets/index-1.js', serves('/assets/index-1.js'))
  await expect(explainMissing(same, saved)).resolves.toBe('broken')
  const away = tab('/assets/index-1.js', () => Promise.reject(new TypeError('Failed to fetch')))
  await expect(explainMissing(away, saved)).resolves.toBe('offline')
  const down = tab('/assets/index-1.js', () => Promise.resolve(new Response('', { status: 503 })))
  await expect(explainMissing(down, saved)).resolves.toBe('offline')
  for (const page of [same, away, down]) expect(page.reload).not.toHaveBeenCalled()
})
