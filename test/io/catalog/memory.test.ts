import test from 'ava';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { catalogContract } from '../../contracts/catalog.ts';

catalogContract(test, 'memory', () => openCatalog('memory:'));
