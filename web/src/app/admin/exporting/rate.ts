/** The rate of a download. Pure: times are passed in, in milliseconds. */

export interface Sample {
  readonly at: number
  readonly bytes: number
}

/** Milliseconds that a rate is measured over; a longer time would hide a stall. */
const WINDOW_MILLISECONDS = 4_000
/** Milliseconds below which there is no rate: it would be a guess. */
const SHORTEST_MILLISECONDS = 250

/** The samples with one more, without those that are too old. */
export function sampled(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  return [...samples.filter(({ at }) => at >= sample.at - WINDOW_MILLISECONDS), sample]
}

/** Bytes per second; null while unknown. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MILLISECONDS) return null
  return ((last.bytes - first.bytes) * 1_000) / (last.at - first.at)
}

/** A number of bytes in its unit, for `Intl.NumberFormat`. */
export function sizeIn(bytes: number): readonly [number, 'byte' | 'kilobyte' | 'megabyte' | 'gigabyte'] {
  if (bytes < 1e3) return [bytes, 'byte']
  if (bytes < 1e6) return [bytes / 1e3, 'kilobyte']
  return bytes < 1e9 ? [bytes / 1e6, 'megabyte'] : [bytes / 1e9, 'gigabyte']
}
