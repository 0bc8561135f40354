import test from 'ava';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { catalogContract } from '../../contracts/catalog.ts';
import { trashContract } from '../../contracts/trash.ts';

catalogContract(test, 'memory', () => openCatalog('memory:'));
trashContract(test, 'memory', () => openCatalog('memory:'));
