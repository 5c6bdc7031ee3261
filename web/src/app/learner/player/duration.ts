/** How long an item is shown to be. */

/** A file may be this much longer or shorter than the catalogue says; players stop about as far from the end. */
const ALIKE_SECONDS = 1.5

/**
 * In seconds, 0 while unknown. The service measures by its own duration, so where the file agrees with that, the
 * shares shown here are the service's; where it does not, what can be sought in is the file.
 */
export function shownDuration(media: number | null, known: number | null): number {
  if (media === null || known === null) return media ?? known ?? 0
  return Math.abs(media - known) <= ALIKE_SECONDS ? known : media
}
