/** Whether a position that came from the service is of another device, and worth going to. */
import type { ItemProgress } from '../../../api/types'

/** Nearer than this, going there is not worth a question. */
const NEAR_SECONDS = 5
/** Our own last save may be dated a moment after what caused it. */
const OWN_MILLISECONDS = 2_000

/** What this tab did last. */
export interface Own {
  readonly positionSeconds: number
  /** When the player last did anything, by `Date.now()`. */
  readonly activeAt: number
}

/** The other device's position in seconds; null where there is none, or none that differs. */
export function positionElsewhere(
  progress: Pick<ItemProgress, 'lastViewed' | 'resume'>,
  own: Own,
): number | null {
  const { lastViewed, resume } = progress
  if (lastViewed === null || !resume.offer) return null
  if (Date.parse(lastViewed) <= own.activeAt + OWN_MILLISECONDS) return null
  return Math.abs(resume.positionSeconds - own.positionSeconds) > NEAR_SECONDS ? resume.positionSeconds : null
}
