/**
 * What a page's missing module means, and when a reload mends it. A release replaces the modules of the one before, so
 * that a page which has been open since then finds none of those it has not yet loaded.
 */
import type { Playhead } from '../sdk'

/** Why a module cannot be loaded: no network · a newer release is served · neither. */
export type MissingModule = 'offline' | 'released' | 'broken'

/** The release for which this tab was reloaded. Reloaded once for it, a page that still lacks a module is not again. */
const RELOADED = 'playhead.reloadedFor'

/** What the browser's page gives; its own window, but for tests. */
export interface Reloading {
  readonly document: ParentNode
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem'>
  readonly location: Pick<Location, 'origin' | 'reload'>
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>
}

/**
 * Why a module is missing. Reloads where that mends it and nothing is lost by it: a newer release, for the first time,
 * and nothing played that is not yet saved.
 */
export async function explainMissing(
  page: Reloading,
  playhead: Pick<Playhead, 'flush' | 'queue'>,
): Promise<MissingModule> {
  const served = await releaseServed(page)
  if (served === null) return 'offline'
  if (served === releaseOf(page.document)) return 'broken'
  if (page.sessionStorage.getItem(RELOADED) === served) return 'released'
  await playhead.flush().catch(() => undefined) // what cannot be sent stays waiting
  if (playhead.queue.waiting > 0) return 'released'
  page.sessionStorage.setItem(RELOADED, served)
  page.location.reload()
  return 'released'
}

/** A release is known by its first module, whose name changes with the content of any other. */
function releaseOf(document: ParentNode): string | null {
  return document.querySelector('script[type="module"][src]')?.getAttribute('src') ?? null
}

/** The release that a reload would get; null without an answer, or with an unexpected one. */
async function releaseServed(page: Reloading): Promise<string | null> {
  const { location } = page
  try {
    const answer = await page.fetch(`${location.origin}/`, {
      cache: 'no-cache',
      headers: { Accept: 'text/html' },
    })
    if (!answer.ok) return null
    return releaseOf(new DOMParser().parseFromString(await answer.text(), 'text/html'))
  } catch {
    return null // no network: `fetch` has nothing else to say of it
  }
}
