import { Tide } from './tide';

describe('a flood of deliveries', () => {
  it('is seen by how fast they come, and is over when they do not', () => {
    let at = 0;
    const tide = new Tide(() => at);
    for (let n = 0; n < 200; n += 1) { at += 25; tide.arrived(); }
    expect(tide.floods).toBe(false);
    for (let n = 0; n < 60; n += 1) { at += 5; tide.arrived(); }
    expect(tide.floods).toBe(true);
    at += 1_000;
    expect(tide.floods).toBe(false);
  });
});
