import type { Translation } from '../../../strings'
import { en } from './en'

export const de: Translation<typeof en> = en
