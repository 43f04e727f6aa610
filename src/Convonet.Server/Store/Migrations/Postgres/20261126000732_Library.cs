using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Convonet.Server.Store.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Library : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Summary",
                table: "conversations",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "SummaryUpTo",
                table: "conversations",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Title",
                table: "conversations",
                type: "character varying(120)",
                maxLength: 120,
                nullable: false,
                defaultValue: "");

            // What there is already is called by how it began, too.
            migrationBuilder.Sql(
                """
                UPDATE conversations SET "Title" = COALESCE(
                    (SELECT substr(turns."Text", 1, 60) FROM turns WHERE turns."ConversationId" = conversations."Id" ORDER BY turns."Number" LIMIT 1), '')
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Summary",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "SummaryUpTo",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "Title",
                table: "conversations");
        }
    }
}
