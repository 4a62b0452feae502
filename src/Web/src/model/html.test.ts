import { describe, expect, it } from 'vitest';
import { readHtml, type Marked } from './html';

const flat = (pieces: Marked[]): string => pieces.map((piece) => (typeof piece === 'string' ? piece : `[${piece.tag}${piece.href ? ` ${piece.href}` : ''}:${flat(piece.children)}]`)).join('');

describe('readHtml', () => {
  it.each([
    ['plain &amp; simple &#65;&#x42;', 'plain & simple AB'],
    ['<h1>Head</h1><p>one<br/>two</p>', '[h1:Head][p:one[br:]two]'],
    ['<div class="x" style="color:red" onclick="alert(1)"><b>bold</b> <i>it</i></div>', '[div:[b:bold] [i:it]]'],
    ['<a href="https://example.org/?a=1&amp;b=2" target=_blank>go</a>', '[a https://example.org/?a=1&b=2:go]'],
    ['<a href=javascript:alert(1)>bad</a><a href="java&#115;cript:alert(1)">bad</a><a href="data:text/html,x">bad</a>', '[a:bad][a:bad][a:bad]'],
    ['a<script>alert("<b>")</script>b<style>p{}</style>c', 'abc'],
    ['<img src=x onerror=alert(1)>after<svg onload=alert(1)><a>in</a></svg>.', 'after.'],
    ['<center>kept <blink>text</blink></center>', 'kept text'],
    ['<b>never closed', '[b:never closed]'],
    ['<b><i>crossed</b></i>', '[b:[i:crossed]]'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['<!-- a <b>comment</b> -->x<!-- open', 'x'],
    ['&unknown; &#0; &#x110000;', '&unknown; &#0; &#x110000;'],
  ])('%s', (html, expected) => expect(flat(readHtml(html))).toBe(expected));

  it('is bounded in depth and in pieces', () => {
    const deep = flat(readHtml('<div>'.repeat(1000) + 'x'));
    expect(deep.split('[div').length - 1).toBe(32);
    expect(readHtml('<br>'.repeat(20_000))).toHaveLength(5000);
  });
});
