import type { TemplateResult } from 'lit'
import { Failure } from '../../api/failure'
import type { Me } from '../../api/types'
import { failed } from '../ui/failed'

/** Shown instead of a page that makes no request at first, unless the reader is an administrator; null if so. */
export function notForYou({ roles }: Pick<Me, 'roles'>, lang: string): TemplateResult | null {
  if (roles.includes('admin')) return null
  return failed(new Failure('forbidden', ''), lang, () => undefined)
}
