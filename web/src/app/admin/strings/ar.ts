import type { Translation } from '../../../strings'
import { en } from './en'

export const ar: Translation<typeof en> = en
