/** Rows of the reports that managers read, as the OpenAPI document has them. */
import type { components, paths } from '../../api/schema'

type Answer<Path extends keyof paths> = paths[Path]['get'] extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never
type Row<Path extends keyof paths> = Answer<Path> extends { items: (infer R)[] } ? R : never

export type TeamRow = Row<'/api/teams'>
export type MemberRow = Row<'/api/teams/{teamId}/progress'>
export type PersonRow = Row<'/api/people'>
export type PersonFigures = Answer<'/api/people/{userId}'>
export type CatalogueRow = Row<'/api/content'>
export type RequiredRow = Row<'/api/people/{userId}/assignments'>

export type TeamItemRow = Row<'/api/teams/{teamId}/content'>

type Schemas = components['schemas']
export type MatrixItem = Schemas['MatrixItem']
export type MatrixMember = Schemas['MatrixMember']
export type MatrixCell = Schemas['MatrixCell']
export type SessionEvidence = Schemas['SessionEvidence']
export type NotCredited = Schemas['NotCredited']
export type Mark = Schemas['Mark']
