#pragma once

#include <string_view>

#include "src/diagnose/wording.hpp"

namespace fkaudit::test {

// One message a line, however long.
// clang-format off

/// The server's messages about the constraint `the_fk` in each of its languages (src/backend/po of PostgreSQL 15 to 19, and what
/// newer minor versions of 15 say in Chinese), the first table being `a table`, the child of those that name three `kids`.
struct server_message {
    diagnose::event what;
    char const* language;
    std::string_view text;
};
inline constexpr server_message server_messages[] = {
    {diagnose::event::child_write, "en", "insert or update on table \"a table\" violates foreign key constraint \"the_fk\""},
    {diagnose::event::child_write, "de", "Einfügen oder Aktualisieren in Tabelle »a table« verletzt Fremdschlüssel-Constraint »the_fk«"},
    {diagnose::event::child_write, "es", "inserción o actualización en la tabla «a table» viola la llave foránea «the_fk»"},
    {diagnose::event::child_write, "fr", "une instruction insert ou update sur la table « a table » viole la contrainte de clé étrangère « the_fk »"},
    {diagnose::event::child_write, "id", "insert atau update pada table « a table » menyalahin aturan foreign key « the_fk »"},
    {diagnose::event::child_write, "it", "la INSERT o l'UPDATE sulla tabella \"a table\" viola il vincolo di chiave esterna \"the_fk\""},
    {diagnose::event::child_write, "it", "insert o update sulla tabella \"a table\" viola il vincolo di chiave esterna \"the_fk\""},
    {diagnose::event::child_write, "ja", "テーブル\"a table\"への挿入、更新は外部キー制約\"the_fk\"に違反しています"},
    {diagnose::event::child_write, "ko", "\"a table\" 테이블에서 자료 추가, 갱신 작업이 \"the_fk\" 참조키(foreign key) 제약 조건을 위배했습니다"},
    {diagnose::event::child_write, "pl", "wstawianie lub modyfikacja na tabeli \"a table\" narusza klucz obcy \"the_fk\""},
    {diagnose::event::child_write, "pt_BR", "inserção ou atualização em tabela \"a table\" viola restrição de chave estrangeira \"the_fk\""},
    {diagnose::event::child_write, "ru", "INSERT или UPDATE в таблице \"a table\" нарушает ограничение внешнего ключа \"the_fk\""},
    {diagnose::event::child_write, "sv", "insert eller update på tabell \"a table\" bryter mot främmande nyckel-villkoret \"the_fk\""},
    {diagnose::event::child_write, "tr", "\"a table\" tablosu üzerindeki ekleme veya güncelleme işlemi \"the_fk\" foreign key kısıtlamasını ihlal ediyor"},
    {diagnose::event::child_write, "uk", "insert або update в таблиці \"a table\" порушує обмеження зовнішнього ключа \"the_fk\""},
    {diagnose::event::child_write, "zh_CN", "插入或更新表 \"a table\" 违反外键约束 \"the_fk\""},
    {diagnose::event::child_write, "zh_CN", "对表 \"a table\" 的插入或更新违反外键约束 \"the_fk\""},
    {diagnose::event::child_write, "zh_TW", "資料表 \"a table\" 的插入或更新違反外來鍵限制 \"the_fk\""},
    {diagnose::event::parent_write, "en", "update or delete on table \"a table\" violates foreign key constraint \"the_fk\" on table \"kids\""},
    {diagnose::event::parent_write, "de", "Aktualisieren oder Löschen in Tabelle »a table« verletzt Fremdschlüssel-Constraint »the_fk« von Tabelle »kids«"},
    {diagnose::event::parent_write, "es", "update o delete en «a table» viola la llave foránea «the_fk» en la tabla «kids»"},
    {diagnose::event::parent_write, "fr", "UPDATE ou DELETE sur la table « a table » viole la contrainte de clé étrangère « the_fk » de la table « kids »"},
    {diagnose::event::parent_write, "id", "UPDATE atau DELETE pada table « a table » menyalahi aturan foreign key « the_fk » pada table « kids »"},
    {diagnose::event::parent_write, "it", "l'istruzione UPDATE o DELETE sulla tabella \"a table\" viola il vincolo di chiave esterna \"the_fk\" sulla tabella \"kids\""},
    {diagnose::event::parent_write, "it", "update o delete sulla tabella \"a table\" viola il vincolo di chiave esterna \"the_fk\" sulla tabella \"kids\""},
    {diagnose::event::parent_write, "ja", "テーブル\"a table\"の更新または削除は、テーブル\"kids\"の外部キー制約\"the_fk\"に違反します"},
    {diagnose::event::parent_write, "ko", "\"a table\" 테이블의 자료 갱신, 삭제 작업이 \"the_fk\" 참조키(foreign key) 제약 조건 - \"kids\" 테이블 - 을 위반했습니다"},
    {diagnose::event::parent_write, "pl", "modyfikacja lub usunięcie na tabeli \"a table\" narusza klucz obcy \"the_fk\" tabeli \"kids\""},
    {diagnose::event::parent_write, "pt_BR", "atualização ou exclusão em tabela \"a table\" viola restrição de chave estrangeira \"the_fk\" em \"kids\""},
    {diagnose::event::parent_write, "ru", "UPDATE или DELETE в таблице \"a table\" нарушает ограничение внешнего ключа \"the_fk\" таблицы \"kids\""},
    {diagnose::event::parent_write, "sv", "update eller delete på tabell \"a table\" bryter mot främmande nyckel-villkoret \"the_fk\" för tabell \"kids\""},
    {diagnose::event::parent_write, "tr", "\"a table\" tablosu üzerinde yapılan update veya delete işlemi \"kids\" tablosunun \"the_fk\" bütünlük kısıtlamasını ihlal ediyor"},
    {diagnose::event::parent_write, "uk", "update або delete в таблиці \"a table\" порушує обмеження зовнішнього ключа \"the_fk\" таблиці \"kids\""},
    {diagnose::event::parent_write, "zh_CN", "在 \"a table\" 上的更新或删除操作违反了在 \"kids\" 上的外键约束 \"the_fk\""},
    {diagnose::event::parent_write, "zh_CN", "对表 \"a table\" 的更新或删除违反表 \"kids\" 上的外键约束 \"the_fk\""},
    {diagnose::event::parent_write, "zh_TW", "資料表 \"a table\" 的更新或刪除違反外來鍵限制 \"the_fk\" (於資料表 \"kids\")"},
    {diagnose::event::restricted, "en", "update or delete on table \"a table\" violates RESTRICT setting of foreign key constraint \"the_fk\" on table \"kids\""},
    {diagnose::event::restricted, "de", "Aktualisieren oder Löschen in Tabelle »a table« verletzt die RESTRICT-Einstellung des Fremdschlüssel-Constraints »the_fk« von Tabelle »kids«"},
    {diagnose::event::restricted, "it", "update o delete sulla tabella \"a table\" viola l'impostazione RESTRICT del vincolo di chiave esterna \"the_fk\" sulla tabella \"kids\""},
    {diagnose::event::restricted, "ja", "テーブル\"a table\"の更新または削除は、テーブル\"kids\"の外部キー制約\"the_fk\"のRESTRICT設定に違反しています"},
    {diagnose::event::restricted, "ko", "\"a table\" 테이블의 자료 갱신, 삭제 작업이 RESTRICT \"the_fk\" 참조키(foreign key) 제약 조건 - \"kids\" 테이블 - 을 위반했습니다"},
    {diagnose::event::restricted, "ru", "UPDATE или DELETE в таблице \"a table\" нарушает ограничение RESTRICT внешнего ключа \"the_fk\" таблицы \"kids\""},
    {diagnose::event::restricted, "sv", "update eller delete på tabell \"a table\" bryter mot RESTRICT-inställningen för främmande nyckel-villkoret \"the_fk\" på tabell \"kids\""},
    {diagnose::event::restricted, "uk", "оновлення або видалення в таблиці \"a table\" порушує налаштування RESTRICT зовнішнього ключа \"the_fk\" в таблиці \"kids\""},
    {diagnose::event::restricted, "zh_CN", "对表 \"a table\" 的更新或删除违反表 \"kids\" 上外键约束 \"the_fk\" 的 RESTRICT 设置"},
    {diagnose::event::restricted, "zh_TW", "對資料表 \"a table\" 的更新或刪除違反資料表 \"kids\" 上外來鍵條件約束 \"the_fk\" 的 RESTRICT 設定"},
    {diagnose::event::detach, "en", "removing partition \"a table\" violates foreign key constraint \"the_fk\""},
    {diagnose::event::detach, "de", "Entfernen der Partition »a table« verletzt Fremdschlüssel-Constraint »the_fk«"},
    {diagnose::event::detach, "es", "eliminar la partición «a table» viola la llave foránea «the_fk»"},
    {diagnose::event::detach, "fr", "la suppression de la partition « a table » viole la contrainte de clé étrangère « the_fk »"},
    {diagnose::event::detach, "it", "la rimozione della partizione \"a table\" viola il vincolo di chiave esterna \"the_fk\""},
    {diagnose::event::detach, "ja", "子テーブル \"a table\"の削除は外部キー制約\"the_fk\"違反となります"},
    {diagnose::event::detach, "ko", "\"a table\" 파티션 지우기는 \"the_fk\" 참조키 제약조건을 위반함"},
    {diagnose::event::detach, "pt_BR", "remover a partição \"a table\" viola a restrição de chave estrangeira \"the_fk\""},
    {diagnose::event::detach, "ru", "при удалении секции \"a table\" нарушается ограничение внешнего ключа \"the_fk\""},
    {diagnose::event::detach, "sv", "borttagning av partition \"a table\" bryter mot främmande nyckel-villkoret \"the_fk\""},
    {diagnose::event::detach, "tr", "\"a table\" bölümünü (partition) silmek \"the_fk\" foreign key kısıtlamasını ihlal ediyor"},
    {diagnose::event::detach, "uk", "видалення секції \"a table\" порушує обмеження зовнішнього ключа \"the_fk"},
    {diagnose::event::detach, "zh_CN", "删除分区\"a table\"违反了外键约束\"the_fk\""},
    {diagnose::event::detach, "zh_CN", "分离分区 \"a table\" 违反外键约束 \"the_fk\""},
    {diagnose::event::detach, "zh_TW", "分離分割 \"a table\" 違反外來鍵條件約束 \"the_fk\""},
    {diagnose::event::rewritten, "en", "referential integrity query on \"a table\" from constraint \"the_fk\" on \"kids\" gave unexpected result"},
    {diagnose::event::rewritten, "de", "RI-Anfrage in Tabelle »a table« für Constraint »the_fk« von Tabelle »kids« ergab unerwartetes Ergebnis"},
    {diagnose::event::rewritten, "es", "la consulta de integridad referencial en «a table» de la restricción «the_fk» en «kids» entregó un resultado inesperado"},
    {diagnose::event::rewritten, "fr", "la requête d'intégrité référentielle sur « a table » à partir de la contrainte « the_fk » sur « kids » donne des résultats inattendus"},
    {diagnose::event::rewritten, "id", "query integritas referensial pada « a table » dari aturan « the_fk » pada « kids » memberikan hasil yang tidak diduga"},
    {diagnose::event::rewritten, "it", "la query di integrità referenziale su \"a table\" dal vincolo \"the_fk\" su \"kids\" ha restituito un risultato inatteso"},
    {diagnose::event::rewritten, "ja", "\"kids\"の制約\"the_fk\"から\"a table\"に行われた参照整合性問い合わせが想定外の結果になりました"},
    {diagnose::event::rewritten, "ko", "\"a table\"에 대한 참조 무결성 쿼리(제약조건: \"the_fk\", 해당 릴레이션: \"kids\")를 실행하면 예기치 않은 결과가 발생함"},
    {diagnose::event::rewritten, "pl", "zapytanie więzów integralności na \"a table\" z ograniczenia \"the_fk\" na \"kids\" zwróciła nieoczekiwany wynik"},
    {diagnose::event::rewritten, "pt_BR", "consulta de integridade referencial em \"a table\" da retrição \"the_fk\" em \"kids\" retornou resultado inesperado"},
    {diagnose::event::rewritten, "ru", "неожиданный результат запроса ссылочной целостности к \"a table\" из ограничения \"the_fk\" таблицы \"kids\""},
    {diagnose::event::rewritten, "sv", "referentiell integritetsfråga på \"a table\" från villkor \"the_fk\" på \"kids\" gav oväntat resultat"},
    {diagnose::event::rewritten, "tr", "\"kids\" tablosu üzerinde \"the_fk\" bütünük kısıtlamasından \"a table\" nesnesini sorgulayan sorgu beklenmeyen bir sonuç getirdi"},
    {diagnose::event::rewritten, "uk", "неочікуваний результат запиту цілісності зв’язків до \"a table\" з обмеження \"the_fk\" таблиці \"kids\""},
    {diagnose::event::rewritten, "zh_CN", "从在\"kids\"的约束\"the_fk\"中在\"a table\"上执行的参照完整性查询得出非期待结果."},
    {diagnose::event::rewritten, "zh_CN", "涉及 \"a table\" 的参照完整性查询（来自 \"kids\" 上的约束 \"the_fk\"）返回意外结果"},
    {diagnose::event::rewritten, "zh_TW", "\"a table\" 上的參考完整性查詢 (來自限制 \"the_fk\" 於 \"kids\") 產生非預期的結果"},
};

/// Their DETAIL for a key (a, b) with the values `1` and `x)=(y, z`.
struct server_detail {
    char const* language;
    std::string_view text;
};
inline constexpr server_detail server_details[] = {
    {"zh_CN", "表 \"kids\" 中不存在键 (a, b)=(1, x)=(y, z)。"},
    {"zh_CN", "键 (a, b)=(1, x)=(y, z) 仍被表 \"kids\" 引用。"},
    {"en", "Key (a, b)=(1, x)=(y, z) is not present in table \"kids\"."},
    {"de", "Schlüssel (a, b)=(1, x)=(y, z) ist nicht in Tabelle »kids« vorhanden."},
    {"es", "La llave (a, b)=(1, x)=(y, z) no está presente en la tabla «kids»."},
    {"fr", "La clé (a, b)=(1, x)=(y, z) n'est pas présente dans la table « kids »."},
    {"id", "Key (a, b)=(1, x)=(y, z) tidak ada dalam table « kids »."},
    {"it", "La chiave (a, b)=(1, x)=(y, z) non è presente nella tabella \"kids\"."},
    {"ja", "テーブル\"kids\"にキー(a, b)=(1, x)=(y, z)がありません"},
    {"ka", "გასაღები (a, b)=(1, x)=(y, z) არაა წარმოდგენილი ცხრილში \"kids\"."},
    {"ko", "(a, b)=(1, x)=(y, z) 키가 \"kids\" 테이블에 없습니다."},
    {"pl", "Klucz (a, b)=(1, x)=(y, z) nie występuje w tabeli \"kids\"."},
    {"pt_BR", "Chave (a, b)=(1, x)=(y, z) não está presente na tabela \"kids\"."},
    {"ru", "Ключ (a, b)=(1, x)=(y, z) отсутствует в таблице \"kids\"."},
    {"sv", "Nyckel (a, b)=(1, x)=(y, z) finns inte i tabellen \"kids\"."},
    {"tr", "\"kids\" tablosunda (a, b)=(1, x)=(y, z) anahtarı mevcut değildir."},
    {"uk", "Ключ (a, b)=(1, x)=(y, z) не присутній в таблиці \"kids\"."},
    {"zh_CN", "键值对(a, b)=(1, x)=(y, z)没有在表\"kids\"中出现."},
    {"zh_TW", "索引鍵 (a, b)=(1, x)=(y, z) 沒有出現在資料表 \"kids\"。"},
    {"en", "Key (a, b)=(1, x)=(y, z) is still referenced from table \"kids\"."},
    {"de", "Auf Schlüssel (a, b)=(1, x)=(y, z) wird noch aus Tabelle »kids« verwiesen."},
    {"es", "La llave (a, b)=(1, x)=(y, z) todavía es referida desde la tabla «kids»."},
    {"fr", "La clé (a, b)=(1, x)=(y, z) est toujours référencée à partir de la table « kids »."},
    {"id", "Key (a, b)=(1, x)=(y, z) masih direferensikan dari table « kids »."},
    {"it", "La chiave (a, b)=(1, x)=(y, z) è ancora referenziata dalla tabella \"kids\"."},
    {"ja", "キー(a, b)=(1, x)=(y, z)はまだテーブル\"kids\"から参照されています"},
    {"ko", "(a, b)=(1, x)=(y, z) 키가 \"kids\" 테이블에서 여전히 참조됩니다."},
    {"pl", "Klucz (a, b)=(1, x)=(y, z) ma wciąż odwołanie w tabeli \"kids\"."},
    {"pt_BR", "Chave (a, b)=(1, x)=(y, z) ainda é referenciada pela tabela \"kids\"."},
    {"ru", "На ключ (a, b)=(1, x)=(y, z) всё ещё есть ссылки в таблице \"kids\"."},
    {"sv", "Nyckeln (a, b)=(1, x)=(y, z) refereras fortfarande till från tabell \"kids\"."},
    {"tr", "(a, b)=(1, x)=(y, z) anahtarı \"kids\" tablosundan hala referans edilmektedir."},
    {"uk", "На ключ (a, b)=(1, x)=(y, z) все ще є посилання в таблиці \"kids\"."},
    {"zh_CN", "键值对(a, b)=(1, x)=(y, z)仍然是从表\"kids\"引用的."},
    {"zh_TW", "索引鍵 (a, b)=(1, x)=(y, z) 仍被資料表 \"kids\" 參考。"},
    {"en", "Key (a, b)=(1, x)=(y, z) is referenced from table \"kids\"."},
    {"de", "Auf Schlüssel (a, b)=(1, x)=(y, z) wird aus Tabelle »kids« verwiesen."},
    {"ja", "キー(a, b)=(1, x)=(y, z)はテーブル\"kids\"から参照されています。"},
    {"ka", "გასაღებს (a, b)=(1, x)=(y, z) მიმართავენ ცხრილიდან \"kids\"."},
    {"ko", "(a, b)=(1, x)=(y, z) 키가 \"kids\" 테이블에서 여전히 참조됩니다."},
    {"ru", "На ключ (a, b)=(1, x)=(y, z) есть ссылки в таблице \"kids\"."},
    {"sv", "Nyckeln (a, b)=(1, x)=(y, z) refereras från tabell \"kids\"."},
    {"uk", "Ключ (a, b)=(1, x)=(y, z) посилається з таблиці \"kids\"."},
    {"it", "La chiave (a, b)=(1, x)=(y, z) è referenziata dalla tabella \"kids\"."},
    {"zh_CN", "键 (a, b)=(1, x)=(y, z) 被表 \"kids\" 引用。"},
    {"zh_TW", "索引鍵 (a, b)=(1, x)=(y, z) 被資料表 \"kids\" 引用。"},
};
// clang-format on

}  // namespace fkaudit::test
