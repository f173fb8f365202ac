-- fk_progress and fkaudit.progress_interval where the library is not preloaded; test/tap/073_progress.pl has the rest.
TABLE fk_progress;
SELECT * FROM fk_list_progress();
LOAD 'fkaudit';
SHOW fkaudit.progress_interval;
SET fkaudit.progress_interval = '1min';
SHOW fkaudit.progress_interval;
-- A check that is quicker says nothing.
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (p int CONSTRAINT key REFERENCES parent);
SELECT constraint_name, verdict FROM fk_check('child');
RESET fkaudit.progress_interval;
DROP TABLE child, parent;
