import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apart, placing } from './axis.ts';
import { drawLines } from './line-chart.ts';
import { element, escapeText, label } from './svg.ts';

describe('elements', () => {
  test('text cannot leave its element or its attribute', () => {
    assert.equal(escapeText('a < b & "c" > d'), 'a &lt; b &amp; &quot;c&quot; &gt; d');
    assert.equal(label(1, 2.345, '<b>'), '<text x="1" y="2.3">&lt;b&gt;</text>');
    assert.equal(element('rect', { class: 'a"b', x: 1 / 3 }), '<rect class="a&quot;b" x="0.3"/>');
  });
});

describe('axes', () => {
  const axis = { label: '', from: 1, to: 100, ticks: [] };

  test('a number finds its place, linear or by factors, and none is outside', () => {
    const linear = placing({ ...axis, scale: 'linear' }, 0, 99);
    assert.deepEqual([1, 50.5, 100, 200, 0].map(linear), [0, 49.5, 99, 99, 0]);
    const log = placing({ ...axis, scale: 'log' }, 10, 0);
    assert.deepEqual([1, 10, 100].map(log), [10, 5, 0]);
  });
});

describe('names at the ends of lines', () => {
  test('stay where they are when there is room', () => assert.deepEqual(apart([10, 50, 30], 16, 100), [10, 50, 30]));

  test('are moved apart around their middle, in their order', () => {
    assert.deepEqual(apart([50, 48, 10], 16, 100), [57, 41, 10]);
    assert.deepEqual(apart([20, 20, 20], 16, 100), [4, 20, 36]);
  });

  test('are never below the axis', () => assert.deepEqual(apart([100, 100, 99], 16, 100), [84, 100, 68]));
});

describe('lines', () => {
  const axis = { label: 'x', scale: 'linear', from: 0, to: 10, ticks: [0, 10] } as const;
  const svg = (isStairs: boolean) =>
    drawLines({
      title: 'A title',
      description: 'A description',
      width: 200,
      height: 200,
      room: 42,
      panels: [
        {
          heading: 'H',
          x: axis,
          y: axis,
          lines: [
            {
              name: 'one & two',
              tone: 'red',
              points: [
                [0, 0],
                [10, 10],
              ],
              isStairs,
            },
          ],
        },
      ],
    });

  test('go through their points, or hold each value until the next, and have their names on them', () => {
    assert.match(svg(false), /<path class="line red" d="M58 148L158 58"\/>/);
    assert.match(svg(true), /<path class="line red" d="M58 148H158V58"\/>/);
    assert.match(svg(false), /<text x="166" y="62" class="on red">one &amp; two<\/text>/);
  });
});
