/** Rows of the organisation's reports, by the schema. */
import type { paths } from '../../api/schema'

interface Answers {
  readonly get: {
    readonly responses: { readonly 200: { readonly content: { 'application/json': unknown } } }
  }
}
type Paged<Path extends keyof paths> = paths[Path] extends Answers
  ? paths[Path]['get']['responses'][200]['content']['application/json']
  : never
type RowOf<Answer> = Answer extends { items: readonly (infer Row)[] } ? Row : never

export type ItemRow = RowOf<Paged<'/api/org/content'>>
export type PersonRow = RowOf<Paged<'/api/org/content/{contentId}/people'>>
export type TeamRow = RowOf<Paged<'/api/org/teams'>>
