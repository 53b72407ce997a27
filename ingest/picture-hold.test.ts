import { describe, expect, test } from 'vitest';
import { createPictureHold } from './picture-hold.ts';
import type { Picture } from './picture-stream.ts';

function toPicture(rawPtsMs: number): Picture {
  const pixels = new Uint8Array(3);
  return { rawPtsMs, width: 1, height: 1, pixelWidth: 1, pixelHeight: 1, pixels, release: () => undefined };
}

function openHold(): { handed: number[]; hold: ReturnType<typeof createPictureHold> } {
  const handed: number[] = [];
  return { handed, hold: createPictureHold(({ rawPtsMs }) => handed.push(rawPtsMs)) };
}

describe('a keyframe picture waits for its keyframe to be told of', () => {
  test('told after and told before', () => {
    const { handed, hold } = openHold();
    hold.put(toPicture(1000));
    expect(handed).toEqual([]);
    hold.noteKeyframe(1000.4);
    expect(handed).toEqual([1000]);
    hold.noteKeyframe(3000);
    hold.noteKeyframe(5000);
    hold.put(toPicture(3000));
    expect(handed).toEqual([1000, 3000]);
  });

  test('another keyframe does not let it go', () => {
    const { handed, hold } = openHold();
    hold.noteKeyframe(1000);
    hold.put(toPicture(1300));
    hold.noteKeyframe(2000);
    expect(handed).toEqual([]);
  });

  test('in order, the ones before it with it', () => {
    const { handed, hold } = openHold();
    hold.put(toPicture(1000));
    hold.put(toPicture(2000));
    hold.noteKeyframe(2000);
    expect(handed).toEqual([1000, 2000]);
  });

  test('not for longer than a second', () => {
    const { handed, hold } = openHold();
    hold.put(toPicture(1000));
    hold.noteTime(performance.now() + 500);
    expect(handed).toEqual([]);
    hold.noteTime(performance.now() + 1500);
    expect(handed).toEqual([1000]);
  });

  test('all at the end', () => {
    const { handed, hold } = openHold();
    hold.put(toPicture(1000));
    hold.put(toPicture(2000));
    hold.flush();
    expect(handed).toEqual([1000, 2000]);
  });
});
