/** The device's clock, which may be wrong, and may be set while the page is open. */

/** An answer that took longer measures nothing. */
const MOST_ROUND_TRIP_MS = 10_000
/** A clock that changes at once by more than this was set. */
const SLACK_MS = 1_000
const DAY_S = 86_400

/**
 * Tells the time, and how far it is from the server's.
 *
 * Time goes on as it began when the clock is set, so that times of one page are comparable. The measurement with the
 * shortest round trip wins. It is remembered for the next page, which until its first answer relies on it only where
 * `sentAt` could not correct the clock: one that is slow by less than a day.
 */
export class DeviceClock {
  readonly #key: string
  #remembered: number | null
  /** By how much the clock was set since the page opened. */
  #set = 0
  /** Of the wall clock, ahead of the time since the page opened. */
  #lead = Date.now() - performance.now()
  #measured: { readonly ms: number; readonly roundTrip: number } | null = null

  constructor(name: string) {
    this.#key = `${name}:clock`
    this.#remembered = recall(this.#key)
  }

  /** Milliseconds since 1970. */
  now(): number {
    const now = Date.now()
    const lead = now - performance.now()
    // One that runs ahead was set, or the device slept: the next answer shows which.
    if (lead < this.#lead - SLACK_MS) this.#set += lead - this.#lead
    this.#lead = lead
    return now - this.#set
  }

  /** Ahead of the server's clock, as measured by this page. */
  get measuredSeconds(): number | undefined {
    return this.#measured ? Math.round(this.#measured.ms / 1000) : undefined
  }

  /** What to tell the server of this clock. */
  get offsetSeconds(): number | undefined {
    const remembered = this.#remembered
    const isSlow = remembered !== null && remembered < 0 && remembered >= -DAY_S
    return this.measuredSeconds ?? (isSlow ? remembered : undefined)
  }

  /** The server received at `serverTime`, by its clock, what was sent at `sentAt` by this one. */
  answered(sentAt: number, serverTime: string | undefined): void {
    const now = this.now()
    const roundTrip = now - sentAt
    const ms = (sentAt + now) / 2 - Date.parse(serverTime ?? '')
    if (Number.isNaN(ms) || roundTrip > MOST_ROUND_TRIP_MS) return
    const known = this.#measured
    const change = ms - (known?.ms ?? ms)
    if (known && Math.abs(change) > (roundTrip + known.roundTrip) / 2 + SLACK_MS) this.#set += change
    else if (!known || roundTrip < known.roundTrip) this.#measured = { ms, roundTrip }
    const seconds = Math.round(((this.#measured?.ms ?? 0) + this.#set) / 1000)
    if (seconds !== this.#remembered) remember(this.#key, seconds)
    this.#remembered = seconds
  }
}

/** Null where there is none, or storage is switched off. */
function recall(key: string): number | null {
  try {
    return Number(localStorage.getItem(key) ?? Number.NaN) || null
  } catch {
    return null
  }
}

function remember(key: string, seconds: number): void {
  try {
    localStorage.setItem(key, String(seconds))
  } catch {
    // the next page measures for itself
  }
}
