// @vitest-environment node
import { describe, expect, it, vi } from 'vitest'

import { Turns } from './lock'
import { fakeLocks } from './testing/browser'

/** Locks that another tab holds for good: it was frozen with them. */
const taken = {
  request: (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new DOMException('waited enough', 'AbortError'))
      })
    }),
}

describe('taking turns', () => {
  it('does the work without a lock where there are none', async () => {
    vi.stubGlobal('navigator', {})
    expect(await new Turns('send').take(() => Promise.resolve('done'))).toBe('done')
  })

  it('does not wait for ever for a tab that is frozen', async () => {
    vi.stubGlobal('navigator', { locks: taken })
    expect(await new Turns('send', 10).take(() => Promise.resolve('done'))).toBe('done')
  })

  it('lets the next tab on when this one is about to be frozen', async () => {
    vi.stubGlobal('navigator', { locks: fakeLocks() })
    const [frozen, other] = [new Turns('send'), new Turns('send')]
    const begun = new Promise<void>((resolve) => {
      void frozen.take(() => {
        resolve()
        return new Promise(() => undefined)
      })
    })
    const waiting = other.take(() => Promise.resolve('done'))
    await begun
    frozen.release()
    expect(await waiting).toBe('done')
  })

  it('passes on what goes wrong in the work', async () => {
    vi.stubGlobal('navigator', { locks: fakeLocks() })
    const turns = new Turns('send')
    await expect(turns.take(() => Promise.reject(new DOMException('of the work')))).rejects.toThrow(
      'of the work',
    )
    expect(await turns.take(() => Promise.resolve('next'))).toBe('next')
  })
})
