/**
 * The live stream of a person's changes: server-sent events by `fetch`, since the browser's `EventSource` sends no
 * bearer token. A stream that ends (with its token, or with the network) is opened again; it begins with a snapshot, so
 * nothing is missed.
 */

import { EventSourceParserStream } from 'eventsource-parser/stream'

import { PlayheadError, type Playhead, type PlayheadFailure } from '../sdk'
import type { Interruption, LibraryItem } from './types'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** The service sends a comment more often; a connection that says nothing for so long is dead. */
const SILENT_MS = 60_000

/** What to call when something comes. */
export interface Subscription {
  /** All items, at first and after every interruption. */
  snapshot?(items: LibraryItem[]): void
  /** One item, as it is now. */
  change?(item: LibraryItem): void
  /** Whether changes arrive now; `interruption` is the service's own reason. */
  connection?(state: 'connected' | 'connecting', interruption?: Interruption): void
  /** The stream is refused, and the subscription over: no token is taken, or the service has no live streams. */
  refused?(failure: PlayheadFailure): void
  /** Ends the subscription. */
  signal?: AbortSignal | undefined
}

/** Call until the function that is returned is called. The stream rests while the page is in the back-forward cache. */
export function follow(playhead: Pick<Playhead, 'fetch'>, subscription: Subscription): () => void {
  let open: AbortController | null = null
  const start = (): void => {
    open?.abort()
    open = new AbortController()
    void run(playhead, subscription, open.signal)
  }
  const rest = (): void => open?.abort()
  const back = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) start()
  }
  const stop = (): void => {
    removeEventListener('pagehide', rest)
    removeEventListener('pageshow', back)
    subscription.signal?.removeEventListener('abort', stop)
    rest()
  }
  if (subscription.signal?.aborted) return stop
  addEventListener('pagehide', rest)
  addEventListener('pageshow', back)
  subscription.signal?.addEventListener('abort', stop)
  start()
  return stop
}

async function run(
  playhead: Pick<Playhead, 'fetch'>,
  subscription: Subscription,
  signal: AbortSignal,
): Promise<void> {
  const isOver = (): boolean => signal.aborted
  let failures = 0
  while (!isOver()) {
    subscription.connection?.('connecting')
    try {
      for await (const { event, data } of events(playhead, signal)) {
        failures = 0
        deliver(subscription, event, data)
      }
    } catch (error) {
      if (isOver()) return
      if (error instanceof PlayheadError && error.kind !== 'network') {
        subscription.refused?.(error)
        return
      }
    }
    failures += 1
    await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)), signal)
  }
}

function deliver(subscription: Subscription, event: string | undefined, data: string): void {
  const value: unknown = JSON.parse(data)
  if (event === 'snapshot') {
    subscription.connection?.('connected')
    subscription.snapshot?.((value as { items: LibraryItem[] }).items)
  } else if (event === 'change') subscription.change?.(value as LibraryItem)
  else if (event === 'interruption') subscription.connection?.('connecting', value as Interruption)
}

/** The events of one connection, until it ends, breaks or falls silent. */
async function* events(
  playhead: Pick<Playhead, 'fetch'>,
  signal: AbortSignal,
): AsyncGenerator<{ event?: string | undefined; data: string }> {
  const { body } = await playhead.fetch('/api/progress/live', {
    headers: { Accept: 'text/event-stream' },
    signal,
  })
  if (!body) return
  const silence = new SilenceWatch(() => void reader.cancel())
  const bytes = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      silence.heard()
      controller.enqueue(chunk)
    },
  })
  const reader = body
    .pipeThrough(bytes)
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  silence.heard()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    silence.stop()
    void reader.cancel().catch(() => null) // broken already
  }
}

/** Acts once nothing was heard for a while. */
class SilenceWatch {
  readonly #act: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(act: () => void) {
    this.#act = act
  }

  heard(): void {
    this.stop()
    this.#timer = setTimeout(this.#act, SILENT_MS)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** Between half and all of it by chance, so that not all pages come back in the same second. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds * (0.5 + Math.random() / 2))
    const aborted = (): void => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', aborted, { once: true })
  })
}
