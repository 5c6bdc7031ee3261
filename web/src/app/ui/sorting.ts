import { html, type TemplateResult } from 'lit'
import { icon } from './icon'

/** An order as the API takes it: a column, with a leading minus for descending. */
export type Sort = string

/** The order after a click on `column`'s header: turned round, or that column's own way first. */
export function sortedBy(
  current: Sort,
  column: string,
  first: 'ascending' | 'descending' = 'ascending',
): Sort {
  if (current === column) return `-${column}`
  if (current === `-${column}`) return column
  return first === 'ascending' ? column : `-${column}`
}

/** A header cell that sorts. `numeric` puts it above numbers, and has the largest first. */
export function sortHeader(
  label: string,
  column: string,
  current: Sort,
  onSort: (sort: Sort) => void,
  numeric = false,
): TemplateResult {
  const way = current === column ? 'ascending' : current === `-${column}` ? 'descending' : 'none'
  const next = sortedBy(current, column, numeric ? 'descending' : 'ascending')
  return html`<th scope="col" class=${numeric ? 'number' : ''} aria-sort=${way}>
    <button
      type="button"
      @click=${() => {
        onSort(next)
      }}
    >
      ${label}${way === 'none' ? '' : icon(way === 'ascending' ? 'up' : 'down')}
    </button>
  </th>`
}

/** Header cells of a table in the order `current`, each by its label and column; most columns are numbers. */
export function sortHeaders(
  current: Sort,
  onSort: (sort: Sort) => void,
): (label: string, column: string, numeric?: boolean) => TemplateResult {
  return (label, column, numeric = true) => sortHeader(label, column, current, onSort, numeric)
}
