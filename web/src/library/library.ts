/** The person's library: what they opened, what to go on with, and what they did. */

import { PlayheadError, type Playhead } from '../sdk'
import { follow, type Subscription } from './subscribe'
import type {
  CallOptions,
  ContinueWatchingPage,
  Dismissal,
  HistoryOptions,
  HistoryPage,
  LibraryPage,
  LibrarySummary,
  PageOptions,
  PersonOptions,
} from './types'

type Parameter = string | number | Date | null | undefined

/** Reads of the API, by the token of one `playhead`. All reject as `playhead.fetch` does. */
export interface Library {
  /** Items that were opened, latest first, and the whole in figures. */
  list(options?: PageOptions & PersonOptions): Promise<LibraryPage>
  /** The whole in figures. */
  summary(options?: CallOptions & PersonOptions): Promise<LibrarySummary>
  /** Items in progress that are worth going on with, latest first. */
  continueWatching(options?: PageOptions): Promise<ContinueWatchingPage>
  /** Hide an item from `continueWatching` until it is played again. */
  dismiss(contentId: string, options?: CallOptions): Promise<Dismissal>
  /** Undo `dismiss`. */
  restore(contentId: string, options?: CallOptions): Promise<Dismissal>
  /** Sessions, marks, attempts and imports, newest first. */
  history(options?: HistoryOptions): Promise<HistoryPage>
  /** Every change as it happens, on any device, until the function that is returned is called. */
  subscribe(subscription: Subscription): () => void
}

/** The library of the person that a `playhead` saves for. */
export function createLibrary(playhead: Pick<Playhead, 'fetch'>): Library {
  const list: Library['list'] = ({ signal, ...query } = {}) => read(playhead, '/api/progress', query, signal)
  return {
    list,
    summary: async (options) => (await list({ ...options, limit: 1 })).summary,
    continueWatching: ({ signal, ...query } = {}) =>
      read(playhead, '/api/progress/continue-watching', query, signal),
    dismiss: (contentId, options) => putDismissal(playhead, contentId, true, options),
    restore: (contentId, options) => putDismissal(playhead, contentId, false, options),
    history: ({ signal, ...query } = {}) => read(playhead, '/api/progress/history', query, signal),
    subscribe: (subscription) => follow(playhead, subscription),
  }
}

async function read<Data>(
  playhead: Pick<Playhead, 'fetch'>,
  path: string,
  query: Record<string, Parameter>,
  signal?: AbortSignal,
): Promise<Data> {
  return data(await playhead.fetch(path + search(query), signal ? { signal } : {}), signal)
}

async function putDismissal(
  playhead: Pick<Playhead, 'fetch'>,
  contentId: string,
  dismissed: boolean,
  { signal }: CallOptions = {},
): Promise<Dismissal> {
  const response = await playhead.fetch(`/api/progress/${encodeURIComponent(contentId)}/dismissal`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ dismissed }),
    ...(signal && { signal }),
  })
  return data(response, signal)
}

function search(query: Record<string, Parameter>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : [[name, value instanceof Date ? value.toISOString() : String(value)]],
  )
  return given.length ? `?${new URLSearchParams(given).toString()}` : ''
}

/** The JSON of an answer, which the API's document types. */
async function data<Data>(response: Response, signal?: AbortSignal): Promise<Data> {
  try {
    return (await response.json()) as Data
  } catch (error) {
    if (signal?.aborted) throw error
    throw new PlayheadError({
      kind: 'network',
      message: `The answer broke off, or is no JSON: ${response.url}`,
    })
  }
}
