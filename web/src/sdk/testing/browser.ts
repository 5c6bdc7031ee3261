/** The part of a browser's page that the SDK touches, in Node, so that its requests are real ones. */

import { vi } from 'vitest'

/** What tests do to the page. */
export interface FakePage {
  readonly beacons: { url: string; body: string }[]
  hide(): void
  show(): void
  leave(): void
  back(): void
  network(online: boolean): void
}

/** Put a page at this address in place, for the test that runs. With `locks`, the tabs of a browser share these. */
export function fakePage(address: string, locks?: LockManager): FakePage {
  const target = new EventTarget()
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const beacons: { url: string; body: string }[] = []
  const sendBeacon = (url: string, body: string): boolean => beacons.push({ url, body }) > 0
  vi.stubGlobal('document', page)
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
  vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
  vi.stubGlobal('location', new URL(address))
  vi.stubGlobal('navigator', { sendBeacon, ...(locks && { locks }) })
  const turn = (state: string): void => {
    page.visibilityState = state
    page.dispatchEvent(new Event('visibilitychange'))
  }
  return {
    beacons,
    hide: () => {
      turn('hidden')
    },
    show: () => {
      turn('visible')
    },
    leave: () => {
      target.dispatchEvent(new Event('pagehide'))
      turn('hidden')
    },
    back: () => {
      target.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    },
    network: (online) => {
      target.dispatchEvent(new Event(online ? 'online' : 'offline'))
    },
  }
}

/** Web Locks of one browser: exclusive, first come, first served. */
export function fakeLocks(): LockManager & { readonly most: number } {
  let tail = Promise.resolve<unknown>(undefined)
  let holding = 0
  const locks = {
    most: 0,
    request(_: string, __: object, granted: () => Promise<unknown>): Promise<unknown> {
      const turn = tail.then(async () => {
        holding += 1
        locks.most = Math.max(locks.most, holding)
        try {
          return await granted()
        } finally {
          holding -= 1
        }
      })
      tail = turn.catch(() => undefined)
      return turn
    },
  }
  return locks as unknown as LockManager & { readonly most: number }
}
