import type { Translation } from '../../../strings'
import { en } from './en'

export const es: Translation<typeof en> = en
