#include "src/diagnose/wording.hpp"

namespace fkaudit::diagnose {

namespace {

// One message a line, however long.
// clang-format off
constexpr wording wordings[] = {
    {event::child_write, "tc", {"insert or update on table \"", "\" violates foreign key constraint \"", "\""}},  // en
    {event::child_write, "tc", {"Einfügen oder Aktualisieren in Tabelle »", "« verletzt Fremdschlüssel-Constraint »", "«"}},  // de
    {event::child_write, "tc", {"inserción o actualización en la tabla «", "» viola la llave foránea «", "»"}},  // es
    {event::child_write, "tc", {"une instruction insert ou update sur la table « ", " » viole la contrainte de clé étrangère « ", " »"}},  // fr
    {event::child_write, "tc", {"insert atau update pada table « ", " » menyalahin aturan foreign key « ", " »"}},  // id
    {event::child_write, "tc", {"la INSERT o l'UPDATE sulla tabella \"", "\" viola il vincolo di chiave esterna \"", "\""}},  // it
    {event::child_write, "tc", {"insert o update sulla tabella \"", "\" viola il vincolo di chiave esterna \"", "\""}},  // it, newer
    {event::child_write, "tc", {"テーブル\"", "\"への挿入、更新は外部キー制約\"", "\"に違反しています"}},  // ja
    {event::child_write, "tc", {"\"", "\" 테이블에서 자료 추가, 갱신 작업이 \"", "\" 참조키(foreign key) 제약 조건을 위배했습니다"}},  // ko
    {event::child_write, "tc", {"wstawianie lub modyfikacja na tabeli \"", "\" narusza klucz obcy \"", "\""}},  // pl
    {event::child_write, "tc", {"inserção ou atualização em tabela \"", "\" viola restrição de chave estrangeira \"", "\""}},  // pt_BR
    {event::child_write, "tc", {"INSERT или UPDATE в таблице \"", "\" нарушает ограничение внешнего ключа \"", "\""}},  // ru
    {event::child_write, "tc", {"insert eller update på tabell \"", "\" bryter mot främmande nyckel-villkoret \"", "\""}},  // sv
    {event::child_write, "tc", {"\"", "\" tablosu üzerindeki ekleme veya güncelleme işlemi \"", "\" foreign key kısıtlamasını ihlal ediyor"}},  // tr
    {event::child_write, "tc", {"insert або update в таблиці \"", "\" порушує обмеження зовнішнього ключа \"", "\""}},  // uk
    {event::child_write, "tc", {"插入或更新表 \"", "\" 违反外键约束 \"", "\""}},  // zh_CN
    {event::child_write, "tc", {"对表 \"", "\" 的插入或更新违反外键约束 \"", "\""}},  // zh_CN, newer
    {event::child_write, "tc", {"資料表 \"", "\" 的插入或更新違反外來鍵限制 \"", "\""}},  // zh_TW
    {event::parent_write, "tcr", {"update or delete on table \"", "\" violates foreign key constraint \"", "\" on table \"", "\""}},  // en
    {event::parent_write, "tcr", {"Aktualisieren oder Löschen in Tabelle »", "« verletzt Fremdschlüssel-Constraint »", "« von Tabelle »", "«"}},  // de
    {event::parent_write, "tcr", {"update o delete en «", "» viola la llave foránea «", "» en la tabla «", "»"}},  // es
    {event::parent_write, "tcr", {"UPDATE ou DELETE sur la table « ", " » viole la contrainte de clé étrangère « ", " » de la table « ", " »"}},  // fr
    {event::parent_write, "tcr", {"UPDATE atau DELETE pada table « ", " » menyalahi aturan foreign key « ", " » pada table « ", " »"}},  // id
    {event::parent_write, "tcr", {"l'istruzione UPDATE o DELETE sulla tabella \"", "\" viola il vincolo di chiave esterna \"", "\" sulla tabella \"", "\""}},  // it
    {event::parent_write, "tcr", {"update o delete sulla tabella \"", "\" viola il vincolo di chiave esterna \"", "\" sulla tabella \"", "\""}},  // it, newer
    {event::parent_write, "trc", {"テーブル\"", "\"の更新または削除は、テーブル\"", "\"の外部キー制約\"", "\"に違反します"}},  // ja
    {event::parent_write, "tcr", {"\"", "\" 테이블의 자료 갱신, 삭제 작업이 \"", "\" 참조키(foreign key) 제약 조건 - \"", "\" 테이블 - 을 위반했습니다"}},  // ko
    {event::parent_write, "tcr", {"modyfikacja lub usunięcie na tabeli \"", "\" narusza klucz obcy \"", "\" tabeli \"", "\""}},  // pl
    {event::parent_write, "tcr", {"atualização ou exclusão em tabela \"", "\" viola restrição de chave estrangeira \"", "\" em \"", "\""}},  // pt_BR
    {event::parent_write, "tcr", {"UPDATE или DELETE в таблице \"", "\" нарушает ограничение внешнего ключа \"", "\" таблицы \"", "\""}},  // ru
    {event::parent_write, "tcr", {"update eller delete på tabell \"", "\" bryter mot främmande nyckel-villkoret \"", "\" för tabell \"", "\""}},  // sv
    {event::parent_write, "trc", {"\"", "\" tablosu üzerinde yapılan update veya delete işlemi \"", "\" tablosunun \"", "\" bütünlük kısıtlamasını ihlal ediyor"}},  // tr
    {event::parent_write, "tcr", {"update або delete в таблиці \"", "\" порушує обмеження зовнішнього ключа \"", "\" таблиці \"", "\""}},  // uk
    {event::parent_write, "trc", {"在 \"", "\" 上的更新或删除操作违反了在 \"", "\" 上的外键约束 \"", "\""}},  // zh_CN
    {event::parent_write, "trc", {"对表 \"", "\" 的更新或删除违反表 \"", "\" 上的外键约束 \"", "\""}},  // zh_CN, newer
    {event::parent_write, "tcr", {"資料表 \"", "\" 的更新或刪除違反外來鍵限制 \"", "\" (於資料表 \"", "\")"}},  // zh_TW
    {event::restricted, "tcr", {"update or delete on table \"", "\" violates RESTRICT setting of foreign key constraint \"", "\" on table \"", "\""}},  // en
    {event::restricted, "tcr", {"Aktualisieren oder Löschen in Tabelle »", "« verletzt die RESTRICT-Einstellung des Fremdschlüssel-Constraints »", "« von Tabelle »", "«"}},  // de
    {event::restricted, "tcr", {"update o delete sulla tabella \"", "\" viola l'impostazione RESTRICT del vincolo di chiave esterna \"", "\" sulla tabella \"", "\""}},  // it
    {event::restricted, "trc", {"テーブル\"", "\"の更新または削除は、テーブル\"", "\"の外部キー制約\"", "\"のRESTRICT設定に違反しています"}},  // ja
    {event::restricted, "tcr", {"\"", "\" 테이블의 자료 갱신, 삭제 작업이 RESTRICT \"", "\" 참조키(foreign key) 제약 조건 - \"", "\" 테이블 - 을 위반했습니다"}},  // ko
    {event::restricted, "tcr", {"UPDATE или DELETE в таблице \"", "\" нарушает ограничение RESTRICT внешнего ключа \"", "\" таблицы \"", "\""}},  // ru
    {event::restricted, "tcr", {"update eller delete på tabell \"", "\" bryter mot RESTRICT-inställningen för främmande nyckel-villkoret \"", "\" på tabell \"", "\""}},  // sv
    {event::restricted, "tcr", {"оновлення або видалення в таблиці \"", "\" порушує налаштування RESTRICT зовнішнього ключа \"", "\" в таблиці \"", "\""}},  // uk
    {event::restricted, "trc", {"对表 \"", "\" 的更新或删除违反表 \"", "\" 上外键约束 \"", "\" 的 RESTRICT 设置"}},  // zh_CN
    {event::restricted, "trc", {"對資料表 \"", "\" 的更新或刪除違反資料表 \"", "\" 上外來鍵條件約束 \"", "\" 的 RESTRICT 設定"}},  // zh_TW
    {event::detach, "tc", {"removing partition \"", "\" violates foreign key constraint \"", "\""}},  // en
    {event::detach, "tc", {"Entfernen der Partition »", "« verletzt Fremdschlüssel-Constraint »", "«"}},  // de
    {event::detach, "tc", {"eliminar la partición «", "» viola la llave foránea «", "»"}},  // es
    {event::detach, "tc", {"la suppression de la partition « ", " » viole la contrainte de clé étrangère « ", " »"}},  // fr
    {event::detach, "tc", {"la rimozione della partizione \"", "\" viola il vincolo di chiave esterna \"", "\""}},  // it
    {event::detach, "tc", {"子テーブル \"", "\"の削除は外部キー制約\"", "\"違反となります"}},  // ja
    {event::detach, "tc", {"\"", "\" 파티션 지우기는 \"", "\" 참조키 제약조건을 위반함"}},  // ko
    {event::detach, "tc", {"remover a partição \"", "\" viola a restrição de chave estrangeira \"", "\""}},  // pt_BR
    {event::detach, "tc", {"при удалении секции \"", "\" нарушается ограничение внешнего ключа \"", "\""}},  // ru
    {event::detach, "tc", {"borttagning av partition \"", "\" bryter mot främmande nyckel-villkoret \"", "\""}},  // sv
    {event::detach, "tc", {"\"", "\" bölümünü (partition) silmek \"", "\" foreign key kısıtlamasını ihlal ediyor"}},  // tr
    {event::detach, "tc", {"видалення секції \"", "\" порушує обмеження зовнішнього ключа \"", ""}},  // uk
    {event::detach, "tc", {"删除分区\"", "\"违反了外键约束\"", "\""}},  // zh_CN
    {event::detach, "tc", {"分离分区 \"", "\" 违反外键约束 \"", "\""}},  // zh_CN, newer
    {event::detach, "tc", {"分離分割 \"", "\" 違反外來鍵條件約束 \"", "\""}},  // zh_TW
    {event::rewritten, "tcr", {"referential integrity query on \"", "\" from constraint \"", "\" on \"", "\" gave unexpected result"}},  // en
    {event::rewritten, "tcr", {"RI-Anfrage in Tabelle »", "« für Constraint »", "« von Tabelle »", "« ergab unerwartetes Ergebnis"}},  // de
    {event::rewritten, "tcr", {"la consulta de integridad referencial en «", "» de la restricción «", "» en «", "» entregó un resultado inesperado"}},  // es
    {event::rewritten, "tcr", {"la requête d'intégrité référentielle sur « ", " » à partir de la contrainte « ", " » sur « ", " » donne des résultats inattendus"}},  // fr
    {event::rewritten, "tcr", {"query integritas referensial pada « ", " » dari aturan « ", " » pada « ", " » memberikan hasil yang tidak diduga"}},  // id
    {event::rewritten, "tcr", {"la query di integrità referenziale su \"", "\" dal vincolo \"", "\" su \"", "\" ha restituito un risultato inatteso"}},  // it
    {event::rewritten, "rct", {"\"", "\"の制約\"", "\"から\"", "\"に行われた参照整合性問い合わせが想定外の結果になりました"}},  // ja
    {event::rewritten, "tcr", {"\"", "\"에 대한 참조 무결성 쿼리(제약조건: \"", "\", 해당 릴레이션: \"", "\")를 실행하면 예기치 않은 결과가 발생함"}},  // ko
    {event::rewritten, "tcr", {"zapytanie więzów integralności na \"", "\" z ograniczenia \"", "\" na \"", "\" zwróciła nieoczekiwany wynik"}},  // pl
    {event::rewritten, "tcr", {"consulta de integridade referencial em \"", "\" da retrição \"", "\" em \"", "\" retornou resultado inesperado"}},  // pt_BR
    {event::rewritten, "tcr", {"неожиданный результат запроса ссылочной целостности к \"", "\" из ограничения \"", "\" таблицы \"", "\""}},  // ru
    {event::rewritten, "tcr", {"referentiell integritetsfråga på \"", "\" från villkor \"", "\" på \"", "\" gav oväntat resultat"}},  // sv
    {event::rewritten, "rct", {"\"", "\" tablosu üzerinde \"", "\" bütünük kısıtlamasından \"", "\" nesnesini sorgulayan sorgu beklenmeyen bir sonuç getirdi"}},  // tr
    {event::rewritten, "tcr", {"неочікуваний результат запиту цілісності зв’язків до \"", "\" з обмеження \"", "\" таблиці \"", "\""}},  // uk
    {event::rewritten, "rct", {"从在\"", "\"的约束\"", "\"中在\"", "\"上执行的参照完整性查询得出非期待结果."}},  // zh_CN
    {event::rewritten, "trc", {"涉及 \"", "\" 的参照完整性查询（来自 \"", "\" 上的约束 \"", "\"）返回意外结果"}},  // zh_CN, newer
    {event::rewritten, "tcr", {"\"", "\" 上的參考完整性查詢 (來自限制 \"", "\" 於 \"", "\") 產生非預期的結果"}},  // zh_TW
};

constexpr std::string_view tails[] = {
    " is not present in table",  // en
    " ist nicht in Tabelle",  // de
    " no está presente en la tabla",  // es
    " n'est pas présente dans la table",  // fr
    " tidak ada dalam table",  // id
    " non è presente nella tabella",  // it
    "がありません",  // ja
    " არაა წარმოდგენილი ცხრილში",  // ka
    " 키가",  // ko
    " nie występuje w tabeli",  // pl
    " não está presente na tabela",  // pt_BR
    " отсутствует в таблице",  // ru
    " finns inte i tabellen",  // sv
    " anahtarı mevcut değildir",  // tr
    " не присутній в таблиці",  // uk
    "没有在表",  // zh_CN
    "。",  // zh_CN, newer
    " 仍被表",  // zh_CN, newer
    " 沒有出現在資料表",  // zh_TW
    " is still referenced from table",  // en
    " wird noch aus Tabelle",  // de
    " todavía es referida desde la tabla",  // es
    " est toujours référencée à partir de la table",  // fr
    " masih direferensikan dari table",  // id
    " è ancora referenziata dalla tabella",  // it
    "はまだテーブル",  // ja
    " ma wciąż odwołanie w tabeli",  // pl
    " ainda é referenciada pela tabela",  // pt_BR
    " всё ещё есть ссылки в таблице",  // ru
    " refereras fortfarande till från tabell",  // sv
    " anahtarı",  // tr
    " все ще є посилання в таблиці",  // uk
    "仍然是从表",  // zh_CN
    " 仍被資料表",  // zh_TW
    " is referenced from table",  // en
    " wird aus Tabelle",  // de
    " è referenziata dalla tabella",  // it
    "はテーブル",  // ja
    " მიმართავენ ცხრილიდან",  // ka
    " есть ссылки в таблице",  // ru
    " refereras från tabell",  // sv
    " посилається з таблиці",  // uk
    " 被表",  // zh_CN
    " 被資料表",  // zh_TW
};
// clang-format on

}  // namespace

std::span<wording const> all_wordings() noexcept { return wordings; }

std::span<std::string_view const> all_tails() noexcept { return tails; }

}  // namespace fkaudit::diagnose
