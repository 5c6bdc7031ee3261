/** The names that pages use of the generated schema. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type CatalogueItem = Schemas['CatalogueItem']
export type ItemProgress = Schemas['ItemProgress']
export type PartProgress = Schemas['PartProgress']
export type ListedItem = Schemas['ListedItem']
export type Overview = Schemas['Overview']
export type PersonProgress = Schemas['PersonProgress']
export type HistoryEntry = Schemas['HistoryEntry']
export type MemberChange = Schemas['MemberChange']
export type PersonDays = Schemas['PersonDays']
export type ItemEvidence = Schemas['ItemEvidence']
export type OrganisationProgress = Schemas['OrganisationProgress']
export type DayFigures = Schemas['DayFigures']
export type ContentProgress = Schemas['ContentProgress']
export type Slice = Schemas['Slice']
export type Status = ListedItem['status']
export type Problem = Schemas['ProblemDetails']
