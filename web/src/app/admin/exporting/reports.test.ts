import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { directoryReports, filePath, progressReports, reportNames } from './reports'

interface Document {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly parameters?: readonly { name: string }[] } }>
  >
}
const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as Document
const all = [...progressReports, ...directoryReports]

it('every report of the API that has formats is here, and no other', () => {
  const withFormats = Object.entries(document.paths)
    .filter(([, { get }]) => get?.parameters?.some(({ name }) => name === 'format'))
    .map(([path]) => path.replace(/\{\w+\}/u, '{id}'))
  expect(all.map(({ path }) => path).sort()).toEqual(withFormats.sort())
})

it('each is named once', () => {
  expect(all.map(({ name }) => name).sort()).toEqual([...reportNames].sort())
})

it('a report of something waits until it is chosen', () => {
  const members = progressReports.find(({ name }) => name === 'team-progress')
  if (members === undefined) throw new Error('no such report')
  expect(filePath(members, 'csv', {})).toBeNull()
  expect(filePath(members, 'xlsx', { id: 'a1' })).toBe('/api/teams/a1/progress?format=xlsx')
})

it('days have a first and a last, where they are chosen', () => {
  const days = progressReports.find(({ name }) => name === 'org-days')
  if (days === undefined) throw new Error('no such report')
  expect(filePath(days, 'csv', { from: '2026-11-01', to: '' })).toBe(
    '/api/org/days?from=2026-11-01&format=csv',
  )
})
