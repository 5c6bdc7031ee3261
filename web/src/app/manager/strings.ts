/** The words of the manager's pages. */
import { messages, type Translation } from '../../strings'
import { ar } from './strings/ar'
import { de } from './strings/de'
import { en } from './strings/en'
import { es } from './strings/es'

export const strings = messages({ en, de, es, ar })

/** The words in one language, as functions that need no element take them. */
export type Words = Translation<typeof en>
