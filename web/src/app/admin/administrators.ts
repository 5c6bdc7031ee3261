import type { TemplateResult } from 'lit'
import { Failure } from '../../api/failure'
import type { Me } from '../../api/types'
import { failed } from '../ui/failed'

/** What stands on pages that ask the service nothing at first, for who is no administrator; null for who is. */
export function notForYou({ roles }: Pick<Me, 'roles'>, lang: string): TemplateResult | null {
  if (roles.includes('admin')) return null
  return failed(new Failure('forbidden', ''), lang, () => undefined)
}
