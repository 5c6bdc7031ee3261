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
