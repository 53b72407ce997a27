/** The 80 labels of COCO detection, in the order in which models trained on it number them. */
export const cocoLabels: readonly string[] = `
  person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light,
  fire hydrant, stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow,
  elephant, bear, zebra, giraffe, backpack, umbrella, handbag, tie, suitcase, frisbee,
  skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard, surfboard, tennis racket, bottle,
  wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
  broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed,
  dining table, toilet, tv, laptop, mouse, remote, keyboard, cell phone, microwave, oven,
  toaster, sink, refrigerator, book, clock, vase, scissors, teddy bear, hair drier, toothbrush
`
  .split(',')
  .map((label) => label.trim());

/** COCO's category numbers of the 80 labels in turn: eleven numbers between 1 and 90 were never used. */
const unusedNumbers = new Set([0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83]);

/** Labels of models that count in COCO's own category numbers, 0 to 90. */
export const coco91Labels: readonly string[] = toCoco91();

function toCoco91(): string[] {
  const left = [...cocoLabels];
  return Array.from({ length: 91 }, (_, number) =>
    unusedNumbers.has(number) ? `unused ${number}` : (left.shift() ?? `unused ${number}`),
  );
}
