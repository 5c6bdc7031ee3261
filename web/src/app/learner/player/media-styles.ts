import { css } from 'lit'

export const mediaStyles = css`
  :host {
    display: grid;
    gap: 12px;
  }
  .frame {
    position: relative;
    display: grid;
    overflow: hidden;
    border-radius: var(--playhead-radius-large);
    background: #000;
    aspect-ratio: 16 / 9;
    max-height: 72vh;
    width: 100%;
  }
  .frame:has(.failure) {
    background: none;
  }
  .frame:has(.failure) :is(video, audio) {
    visibility: hidden;
  }
  .frame.audio {
    aspect-ratio: auto;
    place-items: center;
    padding: 64px 24px 24px;
    min-height: 200px;
    background: linear-gradient(160deg, var(--playhead-accent-soft), var(--playhead-sunken));
  }
  video {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    background: #000;
  }
  audio {
    width: 100%;
    max-width: 640px;
  }
  playhead-resume-prompt {
    position: absolute;
    inset: 0;
    z-index: 1;
    margin: auto;
    height: fit-content;
    max-width: calc(100% - 32px);
  }
  .failure {
    position: absolute;
    inset: 0;
    z-index: 1;
    display: grid;
    align-content: center;
    overflow: auto;
    background: var(--playhead-surface);
    border: 1px solid var(--playhead-border);
    border-radius: inherit;
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 8px 8px 8px 16px;
    padding-inline: 16px 8px;
    border-radius: var(--playhead-radius);
    color: var(--playhead-text);
    background: var(--playhead-accent-soft);
  }
  .notice span {
    flex: 1 1 220px;
  }
  .controls {
    --gap: 12px 16px;
  }
  @media (max-width: 600px) {
    /* The prompt and a failure need more height than a small screen's 16:9 gives. */
    .frame:has([open]),
    .frame:has(.failure) {
      aspect-ratio: auto;
      min-height: 264px;
    }
  }
`
