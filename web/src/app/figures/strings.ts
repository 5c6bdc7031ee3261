/** The words of the page that explains the figures, and of the links to it. */
import { messages } from '../../strings'
import { ar } from './strings/ar'
import { de } from './strings/de'
import { en } from './strings/en'
import { es } from './strings/es'

export const strings = messages({ en, de, es, ar })
