import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { kindNames, kinds } from './columns'

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>
  readonly required: readonly string[]
}
const { components } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
  components: { schemas: Readonly<Record<string, Schema>> }
}
const rows = {
  content: 'ContentRow',
  parts: 'CoursePartRow',
  people: 'PersonRow',
  teams: 'TeamRow',
  members: 'MemberRow',
  assignments: 'AssignmentRow',
}

it.each(kindNames)('the columns are those of the API: %s', (name) => {
  const schema = components.schemas[rows[name]]
  // lists, which no cell holds: memberships and parts are rows of their own
  const fields = Object.keys(schema?.properties ?? {}).filter(
    (field) => !['members', 'parts'].includes(field),
  )
  const { required, optional } = kinds[name]
  expect([...required, ...optional].sort()).toEqual(fields.sort())
  expect([...required].sort()).toEqual([...(schema?.required ?? [])].sort())
})
