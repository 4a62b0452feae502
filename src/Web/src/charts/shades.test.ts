import { describe, expect, it } from 'vitest';
import { faded, hexOf, hueShade, opacityShade, turned, valueShade } from './shades';

describe('a colour', () => {
  it('is faded whatever way it is written', () => {
    expect([faded('#ff0000', 0.5), faded('#f00', 0), faded('rgba(1, 2, 3, 0.5)', 0.5), faded('var(--ink)', 0.5)]).toEqual(['rgba(255,0,0,0.5)', 'rgba(255,0,0,0)', 'rgba(1,2,3,0.25)', 'var(--ink)']);
    expect([hexOf('#abc'), hexOf('rgb(1,2,255)'), hexOf('var(--ink)')]).toEqual(['#aabbcc', '#0102ff', null]);
  });

  it('turns on the wheel, and grey has nowhere to turn to', () => {
    expect([turned('#ff0000', 120), turned('#ff0000', -120), turned('#00ff00', 360), turned('#808080', 90)]).toEqual(['rgb(0,255,0)', 'rgb(0,0,255)', 'rgb(0,255,0)', '#808080']);
    expect(turned(turned('#3366cc', 45), -45)).toBe('rgb(51,102,204)');
  });
});

describe('the fill of a line', () => {
  it('fades towards zero, which is above what is drawn downwards', () => {
    expect(opacityShade('#ff0000', 0.4, false).stops).toEqual([[0, 'rgba(255,0,0,0)'], [1, 'rgba(255,0,0,0.4)']]);
    expect(opacityShade('#ff0000', 0.4, true).stops).toEqual([[0, 'rgba(255,0,0,0.4)'], [1, 'rgba(255,0,0,0)']]);
  });

  it('has neighbours of its hue at both ends', () => expect(hueShade('#00ff00', 1).stops).toEqual([[0, 'rgba(128,255,0,1)'], [1, 'rgba(0,255,128,1)']]));

  it('has the colours of values: sharp between steps, smooth on a ramp', () => {
    const stops = [{ from: -Infinity, color: '#00ff00' }, { from: 50, color: '#ffff00' }, { from: 80, color: '#ff0000' }];
    expect(valueShade({ isStepped: true, stops }, 1)).toEqual({ by: 'value', stops: [[50, 'rgba(0,255,0,1)'], [50, 'rgba(255,255,0,1)'], [80, 'rgba(255,255,0,1)'], [80, 'rgba(255,0,0,1)']] });
    expect(valueShade({ isStepped: false, stops: stops.slice(1) }, 0.5)).toEqual({ by: 'value', stops: [[50, 'rgba(255,255,0,0.5)'], [80, 'rgba(255,0,0,0.5)']] });
    expect(valueShade({ isStepped: true, stops: stops.slice(0, 1) }, 1)).toBeNull();
  });
});
