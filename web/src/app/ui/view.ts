import type { Task } from '@lit/task'
import { html, type TemplateResult } from 'lit'
import { failed } from './failed'
import './skeleton'

/**
 * A task's data drawn by `complete`, and until then a skeleton; a failure with its way out. Data that was there stays
 * while it is reloaded (`previous`), so that a live page never flickers.
 */
export function view<Data>(
  task: Task<readonly unknown[], Data>,
  lang: string,
  complete: (data: Data) => unknown,
  pending: () => TemplateResult = () => html`<ui-skeleton></ui-skeleton>`,
): unknown {
  const { value } = task
  return task.render({
    initial: pending,
    pending: () => (value === undefined ? pending() : complete(value)),
    complete,
    error: (reason) => failed(reason, lang, () => void task.run()),
  })
}
