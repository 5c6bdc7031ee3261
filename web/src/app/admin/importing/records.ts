import Papa from 'papaparse'
import { UnreadableFile } from './trouble'

/** A line of cells, and the number of the line in the file that it begins in. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/** RFC 4180, with any of the three line ends; empty lines are passed over. Raises `UnreadableFile` for a stray quote. */
export function recordsOf(text: string, delimiter: string): readonly CsvRecord[] {
  // one line end throughout: the parser guesses one, and would take a file of two kinds for fewer lines
  const whole = text.replaceAll(/\r\n?/gu, '\n')
  const records: CsvRecord[] = []
  let line = 1
  let read = 0
  Papa.parse<string[]>(whole, {
    delimiter,
    newline: '\n',
    step: ({ data, errors, meta }) => {
      if (errors.some(({ type }) => type === 'Quotes')) throw new UnreadableFile({ code: 'quotes', line })
      if (data.some((cell) => cell.trim() !== '')) records.push({ line, cells: data })
      // a quoted cell may hold line ends, which count as lines of the file
      for (; read < meta.cursor; read += 1) if (whole[read] === '\n') line += 1
    },
  })
  return records
}
