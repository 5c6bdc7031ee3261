import { describe, expect, it } from 'vitest'
import type { ItemProgress } from '../../../api/types'
import { partToOpen } from './course'

const course = (next: string | undefined, ...parts: string[]) =>
  ({
    resume: { offer: next !== undefined, positionSeconds: 0, ...(next && { contentId: next }) },
    parts: parts.map((contentId) => ({ contentId })),
  }) as ItemProgress

describe('the button of a course', () => {
  it('leads to the part to go on with', () => {
    expect(partToOpen(course('b', 'a', 'b'))).toBe('b')
  })

  it('leads to the first part where all are completed', () => {
    expect(partToOpen(course(undefined, 'a', 'b'))).toBe('a')
  })

  it('leads nowhere without parts', () => {
    expect(partToOpen(course(undefined))).toBeNull()
  })
})
