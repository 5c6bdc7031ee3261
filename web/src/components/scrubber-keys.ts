/** Where a key takes the position of a media timeline. */

const arrowSeconds = 5
const pageShare = 0.1

/**
 * The position in seconds after `key`, or null when the key is none of the slider's. Left is back and right is
 * forward in right-to-left pages too, since the timeline itself runs left to right everywhere.
 */
export function positionAfterKey(key: string, position: number, duration: number): number | null {
  const target = targets[key]?.(position, duration)
  return target === undefined ? null : Math.min(duration, Math.max(0, target))
}

const targets: Partial<Record<string, (position: number, duration: number) => number>> = {
  ArrowLeft: (position) => position - arrowSeconds,
  ArrowDown: (position) => position - arrowSeconds,
  ArrowRight: (position) => position + arrowSeconds,
  ArrowUp: (position) => position + arrowSeconds,
  PageDown: (position, duration) => position - duration * pageShare,
  PageUp: (position, duration) => position + duration * pageShare,
  Home: () => 0,
  End: (_, duration) => duration,
}
