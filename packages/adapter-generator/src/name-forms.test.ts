import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renameIn } from './name-forms.ts';

describe('a name', () => {
  it('is replaced in every form', () => {
    const text = 'my_tool my-tool MY_TOOL MyTool myTool';
    assert.equal(
      renameIn(text, 'my_tool', 'web_page_2'),
      'web_page_2 web-page-2 WEB_PAGE_2 WebPage2 webPage2',
    );
    assert.equal(renameIn(text, 'my_tool', 'fax'), 'fax fax FAX Fax fax');
  });
});
