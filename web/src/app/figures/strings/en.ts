/** What the figures mean, in few words; `docs/figures.md` has the rules and their examples. */
export const en = {
  title: 'What these figures mean',
  link: 'What do these figures mean?',
  example: 'For example:',
  one: 'One item',
  progress: 'Progress',
  progressText:
    '100 % once the item is completed, however that came about; at most 99 % before. Shares are always rounded down.',
  progressExample: 'It is completed at 90 %, and you stop at 91 %: it shows 100 %.',
  coverage: 'Watched, read',
  coverageText: 'The part of the item that was played or read, each part once.',
  coverageExample: 'You watch the first half twice: 50 %.',
  completed: 'Completed',
  completedText:
    'Enough was watched (90 %, unless your organisation says otherwise), or someone marked it. A completion keeps its date, whatever changes later.',
  completedExample: 'A year later the item becomes longer: yours stays completed.',
  attempt: 'Taking it again',
  attemptText: 'A new attempt begins at nothing. Earlier completions stay, with their dates.',
  attemptExample: 'You renew a course each year: three years are three completions.',
  time: 'Time',
  watchTime: 'Watch time',
  watchTimeText:
    'Time by the clock while something played or was read. Pauses do not count, nor does the same time twice.',
  watchTimeExample:
    'Ten minutes in two windows at once are ten minutes; an hour at double speed is half an hour.',
  clocks: 'Wrong clocks, no network',
  clocksText:
    'What is watched offline is sent later with its own times; a device whose clock is wrong is corrected.',
  clocksExample: 'Ten minutes on a telephone that is three days fast count today, as ten minutes.',
  people: 'People and teams',
  overall: 'Overall progress',
  overallText:
    'The average over everything that is required of a person; where nothing is, over what they opened. Optional items never lower it. A team’s is the average of its people.',
  overallExample: 'All that is required is done, and eight optional films are begun: 100 %.',
  overdue: 'Overdue',
  overdueText:
    'Required, past its date and not completed. A date of one’s own comes before the team’s, and the team’s before everyone’s. Who joins after the date is not overdue.',
  overdueExample: 'The team had until yesterday, and you until March: you are not overdue.',
  support: 'Needs support',
  supportText:
    'Something is overdue; or the person is far behind the middle of the team; or was not active for two weeks while something is still open.',
  supportExample: 'Who finished everything 20 days ago needs no support.',
  items: 'Items in reports',
  assigned: 'Assigned, started, not started',
  assignedText:
    'Assigned are all of whom the item is required; started, who opened it; not started, who is assigned and never opened it.',
  assignedExample:
    'Required of six and completed by the one who opened it: 16 % of those assigned, 100 % of those who started.',
  archived: 'Archived items, people who left',
  archivedText: 'Both are out of today’s figures and stay in the history.',
  archivedExample: 'A film is archived half watched: it lowers nobody’s progress any more.',
}
