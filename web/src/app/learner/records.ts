/** The rows that the learner's pages work with, by the names that they use for them. */
import { Failure } from '../../api/failure'
import type { paths } from '../../api/schema'

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

/** An item as the list of the catalogue has it. */
export type CatalogueRow = Answer<'/api/content'>['items'][number]
/** What is required of the person. */
export type Assignment = Answer<'/api/people/{userId}/assignments'>['items'][number]

/** A report's page: asked for without `format` it is never a file, which its type cannot say. Raises `Failure` else. */
export function listed<Body>(body: Body | string): Body {
  if (typeof body === 'string') throw new Failure('unavailable', 'a file came in place of a page')
  return body
}
