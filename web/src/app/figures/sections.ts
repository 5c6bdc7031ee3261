/** Which figures are explained, by what they are about; `name`, `nameText` and `nameExample` are their words. */
export const sections = {
  one: ['progress', 'coverage', 'completed', 'attempt'],
  time: ['watchTime', 'clocks'],
  people: ['overall', 'overdue', 'support'],
  items: ['assigned', 'archived'],
} as const

/** The parts in the order in which they are shown. */
export const order = ['one', 'time', 'people', 'items'] as const satisfies readonly (keyof typeof sections)[]
