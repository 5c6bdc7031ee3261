/** The reports that are available as files, as in `playhead export --list`. */

export const formats = ['csv', 'xlsx', 'parquet'] as const
export type Format = (typeof formats)[number]

/** The subject of a report that does not cover the whole organisation. */
export type Subject = 'team' | 'person' | 'item'

export interface Report {
  readonly name: ReportName
  /** The API's path; `{id}` stands for the subject's id. */
  readonly path: string
  readonly of?: Subject
  /** Whether it has a first and a last day. */
  readonly dated?: boolean
}

export const reportNames = [
  'org-days',
  'org-content',
  'org-content-people',
  'org-content-not-started',
  'org-completions',
  'org-completion-months',
  'org-completion-years',
  'org-teams',
  'org-audit',
  'teams',
  'team-progress',
  'team-content',
  'team-matrix',
  'team-not-started',
  'people',
  'assignments',
  'person-completions',
  'person-completion-years',
  'catalogue',
  'directory-content',
  'directory-parts',
  'directory-people',
  'directory-teams',
  'directory-members',
  'directory-assignments',
] as const
export type ReportName = (typeof reportNames)[number]

/** Reports of progress. */
export const progressReports: readonly Report[] = [
  { name: 'org-days', path: '/api/org/days', dated: true },
  { name: 'org-content', path: '/api/org/content' },
  { name: 'org-content-people', path: '/api/org/content/{id}/people', of: 'item' },
  { name: 'org-content-not-started', path: '/api/org/content/{id}/not-started', of: 'item' },
  { name: 'org-completions', path: '/api/org/completions' },
  { name: 'org-completion-months', path: '/api/org/completions/months' },
  { name: 'org-completion-years', path: '/api/org/completions/years' },
  { name: 'org-teams', path: '/api/org/teams' },
  { name: 'org-audit', path: '/api/org/audit' },
  { name: 'teams', path: '/api/teams' },
  { name: 'team-progress', path: '/api/teams/{id}/progress', of: 'team' },
  { name: 'team-content', path: '/api/teams/{id}/content', of: 'team' },
  { name: 'team-matrix', path: '/api/teams/{id}/cells', of: 'team' },
  { name: 'team-not-started', path: '/api/teams/{id}/not-started', of: 'team' },
  { name: 'people', path: '/api/people' },
  { name: 'assignments', path: '/api/people/{id}/assignments', of: 'person' },
  { name: 'person-completions', path: '/api/people/{id}/completions', of: 'person' },
  { name: 'person-completion-years', path: '/api/people/{id}/completions/years', of: 'person' },
]

/** Reports of the directory. */
export const directoryReports: readonly Report[] = [
  { name: 'catalogue', path: '/api/content' },
  { name: 'directory-content', path: '/api/directory/content' },
  { name: 'directory-parts', path: '/api/directory/parts' },
  { name: 'directory-people', path: '/api/directory/people' },
  { name: 'directory-teams', path: '/api/directory/teams' },
  { name: 'directory-members', path: '/api/directory/members' },
  { name: 'directory-assignments', path: '/api/directory/assignments' },
]

/** The path of its file; null while its subject is not chosen. */
export function filePath(
  report: Report,
  format: Format,
  asked: { readonly id?: string; readonly from?: string; readonly to?: string },
): string | null {
  if (report.of !== undefined && asked.id === undefined) return null
  const path = report.path.replace('{id}', encodeURIComponent(asked.id ?? ''))
  const days = report.dated === true ? { from: asked.from, to: asked.to } : {}
  const parameters = Object.entries({ ...days, format }).filter(
    (each): each is [string, string] => each[1] !== undefined && each[1] !== '',
  )
  return `${path}?${new URLSearchParams(parameters).toString()}`
}
