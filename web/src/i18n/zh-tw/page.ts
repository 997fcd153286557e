import type { Dictionary } from '../dictionary.ts';

export const app: Dictionary['app'] = {
  name: 'lotstream',
  tagline: '批次追溯',
  skip: '跳到查詢結果',
  notFoundTitle: '找不到這個頁面',
  notFoundHint: '網址可能有誤，請從追溯頁開始。',
  toTrace: '前往追溯頁',
};

export const nav: Dictionary['nav'] = { label: '頁面', trace: '追溯', jobs: '工作', status: '狀態' };

export const language: Dictionary['language'] = { label: '語言', en: 'English', zhTw: '繁體中文' };

export const theme: Dictionary['theme'] = {
  label: '色彩',
  system: '依系統設定',
  light: '淺色',
  dark: '深色',
  contrast: '高對比',
};
