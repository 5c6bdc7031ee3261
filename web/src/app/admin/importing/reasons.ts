/** Faults and troubles in words. */
import type { Translation } from '../../../strings'
import type { en } from '../strings/en'
import { words } from './columns'
import type { Reason } from './file'
import type { Trouble } from './trouble'

type Words = Translation<typeof en>

/** What is wrong with a row. What the service says of it is English. */
export function reasonText(reason: Reason, t: Words): string {
  switch (reason.code) {
    case 'kind':
      return t.faultKind(words.join(', '))
    case 'column':
      return t.faultColumn(reason.kind)
    case 'cells':
      return t.faultCells(reason.cells, reason.columns)
    case 'number':
      return t.faultNumber
    case 'truth':
      return t.faultTruth
    case 'twice':
      return t.faultTwice(reason.line)
    case 'gone':
      return t.faultGone(reason.line)
    case 'told':
      return reason.text
  }
}

/** Why nothing can be made of a file. `noKind` is no trouble but a question, and has no words here. */
export function troubleText(trouble: Exclude<Trouble, { code: 'noKind' }>, t: Words): string {
  switch (trouble.code) {
    case 'utf8':
      return t.troubleUtf8(trouble.line)
    case 'quotes':
      return t.troubleQuotes(trouble.line)
    case 'unreadable':
      return t.troubleUnreadable(trouble.message)
    case 'empty':
      return t.troubleEmpty
    case 'unknown':
      return t.troubleUnknown(trouble.columns.map((name) => `“${name}”`).join(', '))
    case 'repeated':
      return t.troubleRepeated(trouble.columns.join(', '))
    case 'lacking':
      return t.troubleLacking(trouble.line, trouble.columns.join(', '))
  }
}
