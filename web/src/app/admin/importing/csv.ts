const FORMULA = /^(?:[\t\r\n]|[\s\p{C}']*[=+\-@＝＋－＠])/u
const INNER = /(?<=[;\t\r\n"])(?=(?:(?![;\t\r\n"])[\s\p{C}'])*[=+\-@＝＋－＠])/gu

/**
 * A text of a CSV file, with an apostrophe wherever a spreadsheet might take what follows for a formula: at its
 * beginning, and behind what begins a cell where the list separator is no comma.
 */
export function guarded(text: string): string {
  const inner = text.replace(INNER, "'")
  return FORMULA.test(inner) ? `'${inner}` : inner
}

/** Rows as CSV by RFC 4180, with every cell quoted and guarded. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => `"${guarded(text).replaceAll('"', '""')}"`
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}
