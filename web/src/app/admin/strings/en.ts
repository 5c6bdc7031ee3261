import { plural } from '../../../strings'
import type { ReportName, Subject } from './keys'
import { reportWords } from './reports'

const subjects: Readonly<Record<Subject, string>> = { team: 'team', person: 'person', item: 'item' }

/** English gives the keys. */
export const en = {
  parts: 'Organisation',
  overview: 'Overview',
  items: 'Items',
  teams: 'Teams',
  exports: 'Exports',
  import: 'Import',
  settings: 'Settings',
  organisation: 'Organisation',
  stale: 'Not up to date: the service does not answer. Trying again.',

  // figures
  people: 'People',
  withProgress: (count: number) =>
    plural('en', count, { one: '# has opened something', other: '# have opened something' }),
  active7: 'Active, 7 days',
  last7: 'seen in the last 7 days',
  active30: 'Active, 30 days',
  last30: 'seen in the last 30 days',
  started: 'Started',
  startedMore: 'items, counted once per person',
  completed: 'Completed',
  completedMore: 'of those started',
  completionRate: 'Completion rate',
  completionRateMore: 'completed of started',
  averageProgress: 'Progress',
  averageProgressMore: 'of what is required',
  watchHours: 'Watch hours',
  watchHoursMore: 'of playing time',
  averageCoverage: 'Average coverage',
  averageCoverageMore: 'of the item played or read',
  medianTime: 'Time to complete',
  medianTimeMore: 'median, from start to completion',

  // days
  byDay: 'Day by day',
  byDayNote: (zone: string) =>
    `Days of the organisation's time zone, ${zone}. The line to today is dotted, as the day is not over.`,
  measure: 'What to show',
  measures: (measure: string) =>
    ({ people: 'Active people', completed: 'Completions', watchHours: 'Watch hours' })[measure] ?? measure,
  range: 'How far back',
  days: (count: number) => plural('en', count, { one: '# day', other: '# days' }),
  day: 'Day',
  chartByDay: (measure: string) => `${measure} by day`,
  showTable: 'Show as table',

  // lists
  item: 'Item',
  type: 'Type',
  typeOf: (type: string) => ({ video: 'Video', document: 'Document', course: 'Course' })[type] ?? type,
  allTypes: 'All types',
  archived: 'Archived',
  notArchived: 'Current only',
  onlyArchived: 'Archived only',
  alsoArchived: 'All',
  minStarted: 'Started by at least',
  searchItems: 'Search items',
  untitled: (id: string) => `Item ${id.slice(0, 8)}`,
  noMatches: 'Nothing matches',
  noMatchesText: 'Try another search, or fewer filters.',
  noItems: 'No items yet',
  noItemsText: 'Import your catalogue. An item also appears here once someone has watched it.',
  team: 'Team',
  members: 'Members',
  requiredDone: 'Required done',
  lastActivity: 'Last active',
  outOf: (some: string, all: string) => `${some} of ${all}`,
  searchTeams: 'Search teams',
  noTeams: 'No teams yet',
  noTeamsText: 'Import a directory to add teams.',

  // one item
  notInCatalogue: 'Not in the catalogue',
  startedPeople: 'who opened it',
  dropOff: 'Where viewers leave',
  dropOffNote: 'The item in twenty parts, and for each the share of viewers who played or read some of it.',
  dropOffLabel: 'Share of viewers by part of the item',
  notStarted: 'No one has started this item yet.',
  part: 'Part',
  viewers: 'Viewers',
  share: 'Share',
  fromTo: (from: string, to: string) => `${from} to ${to}`,
  whatIf: 'What if the threshold were different?',
  whatIfNote: (current: string) =>
    `The item now counts as completed at ${current}. Moving the slider does not change that.`,
  threshold: 'Completed at',
  completeNow: (some: string, all: string) => `${some} of ${all} are complete now.`,
  wouldBe: (some: string, all: string, threshold: string, now: string) =>
    `${some} of ${all} would be complete at ${threshold}, now ${now}`,
  whatIfFailed: (why: string) => `This could not be calculated: ${why}`,
  peopleOfItem: 'People of the item',
  searchPeople: 'Search people',
  person: 'Person',
  unnamed: (id: string) => `Person ${id.slice(0, 8)}`,
  status: 'Status',
  allStatuses: 'Any status',
  statusOf: (status: string) =>
    ({ not_started: 'Not started', in_progress: 'In progress', completed: 'Completed' })[status] ?? status,
  evidenceOf: (evidence: string) =>
    ({ reported: 'Reported', manual: 'Marked by hand', watched: 'Watched', imported: 'Imported' })[
      evidence
    ] ?? evidence,
  progress: 'Progress',
  coverage: 'Coverage',
  sessions: 'Viewings',
  timeToComplete: 'Time to complete',
  lastViewed: 'Last seen',
  notOpened: 'No one here',
  notOpenedText: 'People appear here once they open it, or once it is required of them.',

  // exports
  exportsIntro:
    'Every report as a complete file, in the order of the screen. You can start several downloads; they continue while you use other pages.',
  progressReports: 'Progress',
  directoryReports: 'Directory',
  report: (name: ReportName) => reportWords.en.names[name],
  reportText: (name: ReportName) => reportWords.en.texts[name],
  from: 'From',
  to: 'To',
  searchOf: (subject: Subject) => `Search for a ${subjects[subject]}`.replace('a item', 'an item'),
  choose: (subject: Subject) => `Choose a ${subjects[subject]}`.replace('a item', 'an item'),
  downloadOf: (report: string, format: string) => `${report}, ${format}`,
  formatsHeading: 'Which format?',
  csvNote: 'Opens everywhere and starts at once. If your Excel separates lists by semicolons, choose XLSX.',
  xlsxNote:
    'For Excel. Continues on another sheet after 1,048,575 rows; cuts texts after 32,767 characters with “…”. The download starts once the whole file is ready, which takes a while for large reports.',
  parquetNote: 'For data tools. Small and typed. The download starts once the whole file is ready.',
  downloads: 'Downloads of this visit',
  downloadsState: (atWork: number, done: number, failed: number) =>
    [
      atWork > 0 ? `${atWork} in progress` : '',
      done > 0 ? `${done} done` : '',
      failed > 0 ? `${failed} failed` : '',
    ]
      .filter((part) => part !== '')
      .join(', '),
  preparing: 'Preparing …',
  atRate: (size: string, rate: string) => `${size}, ${rate} a second`,
  busy: (seconds: number) =>
    plural('en', seconds, {
      one: 'The service is making as many files as it can. Trying again in # second.',
      other: 'The service is making as many files as it can. Trying again in # seconds.',
    }),
  done: (size: string, time: string) => `${size} in ${time}`,
  cancelled: 'Cancelled',
  cancel: 'Cancel',
  again: 'Try again',
  cancelOf: (name: string) => `Cancel: ${name}`,
  againOf: (name: string) => `Try again: ${name}`,
  obstacle: (obstacle: string, message: string) =>
    ({
      busy: 'The service was busy for too long. Try again later.',
      notInstalled:
        'This format is not available: “playhead[export]” is not installed on the server. CSV always works.',
      broken: 'The download was interrupted, so nothing was saved.',
      offline: 'The service does not answer. Are you online?',
    })[obstacle] ?? `The download failed: ${message}`,

  // import
  importHeading: 'Import the directory',
  importIntro:
    'Import items, people, teams, memberships and assignments from a CSV file. You see the result first; nothing is stored until you confirm.',
  chooseFile: 'Choose a CSV file',
  dropFile: 'or drop it here',
  chooseAnother: 'Choose another file, or drop it here',
  whichKind: 'What does the file contain?',
  whichKindText: 'The file has no column “kind”, so all its rows must be of one kind.',
  judging: 'Checking; nothing is changed …',
  storing: 'Storing …',
  stop: 'Stop',
  stopped: 'You stopped it.',
  importFailed: (why: string) => `The import did not finish: ${why}`,
  nothingStored: 'Nothing was stored.',
  storedOrNothing: 'Either all rows are stored or none. Trying again is safe: no row counts twice.',
  tryAgain: 'Try again',
  dryRunHeading: 'This is what would happen',
  dryRunText: 'Nothing is stored yet.',
  nothingToStore: 'There is nothing to store.',
  storeRows: (count: number) => plural('en', count, { one: 'Store # row', other: 'Store # rows' }),
  leavesOut: (count: number) =>
    plural('en', count, { one: '# row is left out', other: '# rows are left out' }),
  storedHeading: 'Stored',
  countsLabel: 'Rows by kind',
  rowsOf: 'Rows',
  kindOf: (name: string) =>
    ({
      content: 'Items',
      parts: 'Parts of courses',
      people: 'People',
      teams: 'Teams',
      members: 'Memberships',
      assignments: 'Assignments',
    })[name] ?? name,
  stored: 'Stored',
  unchanged: 'Unchanged',
  removed: 'Removed',
  rejected: 'Rejected',
  errors: (count: number) => plural('en', count, { one: '# error', other: '# errors' }),
  saveErrors: 'Errors as CSV',
  moreErrors: (count: number) => plural('en', count, { one: 'Show # more', other: 'Show # more' }),
  line: 'Line',
  column: 'Column',
  reason: 'What is wrong',
  wholeRow: 'the whole row',
  errorKind: (words: string) => `must be one of ${words}`,
  errorColumn: (kind: string) => `is not a column for rows of kind ${kind}`,
  errorCells: 'has more cells than the file has columns',
  errorNumber: 'is not a number',
  errorBoolean: 'must be true or false',
  errorDuplicate: (line: number) => `repeats line ${line}; the first one counts`,
  fileEncoding: (line: number) => `Line ${line}: this is not UTF-8. Save the file as “CSV UTF-8”.`,
  fileQuotes: (line: number) => `Line ${line}: a quotation mark is missing or misplaced.`,
  fileUnreadable: (why: string) => `The file cannot be read: ${why}`,
  fileEmpty: 'The file is empty.',
  fileUnknownColumns: (columns: string) =>
    `Line 1: unknown columns: ${columns}. The columns are listed below.`,
  fileRepeatedColumns: (columns: string) => `Line 1: repeated columns: ${columns}.`,
  fileMissingColumns: (line: number, columns: string) =>
    `Line ${line}: rows of this kind need the column ${columns}, which is missing.`,
  formatHeading: 'What the file looks like',
  formatNotes: [
    'The first line names the columns, in any order; “userId”, “user_id” and “User ID” mean the same.',
    'UTF-8, with commas, semicolons or tabs between cells. An empty cell means no value.',
    'The column “kind” says what a row is. A file of one kind does not need it.',
    'A row replaces what is stored: values that it leaves out are cleared. Importing it again changes nothing.',
    '“true” in the column “remove” removes the entry; items are archived.',
  ].join('\n'),
  neededColumns: 'Required',
  otherColumns: 'Optional',
  columnNotes: [
    'contentId, userId, teamId, targetId = UUIDs; userId is the “sub” of the person’s tokens.',
    'type = video, document or course.',
    'durationSeconds = a number, such as 600 or 90.5.',
    'completionThreshold = a fraction, such as 0.9.',
    'evidence = any or watched: what completion may be based on.',
    'role = member or manager.',
    'target = person, team or everyone; leave targetId empty for everyone.',
    'dueAt = a time with its offset, such as 2026-12-31T23:59:59Z.',
    'archived, remove = true or false.',
  ].join('\n'),
}
