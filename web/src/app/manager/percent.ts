import type { Formats } from '../../strings'

/** A percentage (0–100) with up to so many decimals, spaced as `Formats.percent` does, which has none. */
export function percent(value: number, decimals: number, format: Formats): string {
  const text = format.number(value / 100, { style: 'percent', maximumFractionDigits: decimals })
  return text.replace(/(\d)%/u, '$1\u00A0%')
}
